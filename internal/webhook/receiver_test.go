package webhook

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

const openEvent = `{"event":"open","email":"a@example.com"}`

// collect gathers the calls of OnEvent. Read it after Close.
type collect struct{ received []Received }

func (c *collect) add(r Received) { c.received = append(c.received, r) }

func post(r *Receiver, body io.Reader, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/", body)
	for _, e := range edit {
		e(request)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request)
	return w
}

func TestReceiverAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		path   string
		body   io.Reader
		want   int
		says   string
	}{
		{"an event", "POST", "/ses", strings.NewReader(openEvent), 200, ""},
		{"an object that is not a documented event", "POST", "/ses", strings.NewReader(`{"hello":1}`), 200, ""},
		{"no body", "POST", "/ses", nil, 400, "expected a JSON object, found nothing"},
		{"not JSON", "POST", "/ses", strings.NewReader("secret"), 400, "expected a JSON object, found something that is not JSON at byte 0"},
		{"an array", "POST", "/ses", strings.NewReader("[" + openEvent + "]"), 400, "expected a JSON object, found an array"},
		{"over the limit", "POST", "/ses", strings.NewReader(openEvent + strings.Repeat(" ", 1<<20)), 413, "the body has more than 1 MiB"},
		{"over the limit, of unknown length", "POST", "/ses", io.MultiReader(strings.NewReader(openEvent), strings.NewReader(strings.Repeat(" ", 1<<20))), 413,
			"the body has more than 1 MiB"},
		{"at the limit", "POST", "/ses", strings.NewReader(openEvent + strings.Repeat(" ", 1<<20-len(openEvent))), 200, ""},
		{"cut off", "POST", "/ses", iotest.ErrReader(io.ErrUnexpectedEOF), 400, "the body could not be read"},
		{"too slow", "POST", "/ses", iotest.ErrReader(context.DeadlineExceeded), 408, "the body did not arrive in time"},
		{"wrong method", "GET", "/ses", nil, 405, "events are received by POST"},
		{"wrong path", "POST", "/", strings.NewReader(openEvent), 404, "events are received at another path"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var told collect
			r := NewReceiver(ReceiverOptions{Path: "/ses", OnEvent: told.add})
			request := httptest.NewRequest(test.method, test.path, test.body)
			request.Header.Set("Authorization", "secret")
			w := httptest.NewRecorder()
			r.ServeHTTP(w, request)
			r.Close()
			if w.Code != test.want || strings.TrimSpace(w.Body.String()) != test.says || (w.Header().Get("Allow") == "POST") != (test.want == 405) {
				t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
			}
			if len(told.received) != 1 {
				t.Fatalf("reported %d times", len(told.received))
			}
			got := told.received[0]
			if got.Status != test.want || got.Refused() != (test.want != 200) || got.Headers["Authorization"] != "" || got.Remote == "" {
				t.Errorf("reported %+v", got)
			}
			var stats Stats
			if test.want == 200 {
				stats.Events = 1
			} else {
				stats.Refused = 1
			}
			if r.Stats() != stats {
				t.Errorf("%+v", r.Stats())
			}
		})
	}
}

func TestReceiverTellsWhatAnEventLacks(t *testing.T) {
	t.Parallel()
	var told collect
	r := NewReceiver(ReceiverOptions{OnEvent: told.add})
	post(r, strings.NewReader(`{"event":"open","timestamp":"x"}`))
	post(r, strings.NewReader(openEvent))
	r.Close()
	if got := told.received[0]; got.Problem != nil || len(got.Event.Problems) != 1 || got.Event.Problems[0].Error() != `field "timestamp": expected an integer, found a string` || got.Err != nil {
		t.Errorf("%+v", got)
	}
	if got := told.received[1]; got.Problem != nil || got.Event.Type != event.Open {
		t.Errorf("%+v", got)
	}
}

func TestReceiverFilters(t *testing.T) {
	t.Parallel()
	filter, err := ParseFilter("event=bounce")
	if err != nil {
		t.Fatal(err)
	}
	var told collect
	d := &disk{room: -1}
	r := NewReceiver(ReceiverOptions{Filter: filter, OnEvent: told.add, Archive: newArchive(d)})
	for _, body := range []string{openEvent, `{"event":"bounce"}`, `{"unreadable":true}`} {
		if w := post(r, strings.NewReader(body)); w.Code != 200 {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
	r.Close()
	if bodies, _ := readAll(t, d.file.String()); len(bodies) != 2 || len(told.received) != 2 || r.Stats() != (Stats{Events: 3, Filtered: 1}) {
		t.Errorf("%q, reported %d times, %+v", bodies, len(told.received), r.Stats())
	}
}

func TestReceiverOnAFullDisk(t *testing.T) {
	t.Parallel()
	var told collect
	d := &disk{room: 0}
	r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: newArchive(d), Forward: []string{"http://127.0.0.1:1/"}})
	w := post(r, strings.NewReader(openEvent))
	r.Close()
	if w.Code != 500 || strings.TrimSpace(w.Body.String()) != "the event could not be saved" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := told.received[0]; got.Err == nil || got.Err.Error() != "cannot save to events: no space left on device" || len(got.Answers) != 0 {
		t.Errorf("%+v", got)
	}
	if r.Stats() != (Stats{Events: 1, Failed: 1}) {
		t.Errorf("%+v", r.Stats())
	}
}

func TestReceiverPushesBackWhenEventsAreNotTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		told := 0
		d := &disk{room: -1}
		archive := newArchive(d)
		r := NewReceiver(ReceiverOptions{Queue: 2, Archive: archive, OnEvent: func(Received) { <-held; told++ }})
		var codes []int
		start := time.Now()
		for range 3 {
			codes = append(codes, post(r, strings.NewReader(openEvent)).Code)
		}
		if codes[0] != 200 || codes[1] != 200 || codes[2] != 503 || time.Since(start) != time.Second {
			t.Errorf("%v after %v", codes, time.Since(start))
		}
		post(r, strings.NewReader("refused")) // answered at once, and counted
		close(held)
		r.Close()
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
		if bodies, _ := readAll(t, d.file.String()); told != 2 || len(bodies) != 2 || r.Stats() != (Stats{Events: 3, Failed: 1, Refused: 1}) {
			t.Errorf("reported %d, saved %d, %+v", told, len(bodies), r.Stats())
		}
		if w := post(r, strings.NewReader(openEvent)); w.Code != 503 {
			t.Errorf("after Close: %d", w.Code)
		}
	})
}
