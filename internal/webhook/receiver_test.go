package webhook

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/event"
)

const openEvent = `{"event":"open","email":"a@example.com"}`

// collect gathers what OnEvent is told. Read it after Close.
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
		{"an object that is no documented event", "POST", "/ses", strings.NewReader(`{"hello":1}`), 200, ""},
		{"no body", "POST", "/ses", nil, 400, "expected a JSON object, found nothing"},
		{"not JSON", "POST", "/ses", strings.NewReader("secret"), 400, "expected a JSON object, found something that is not JSON at byte 0"},
		{"an array", "POST", "/ses", strings.NewReader("[" + openEvent + "]"), 400, "expected a JSON object, found an array"},
		{"over the limit", "POST", "/ses", strings.NewReader(openEvent + strings.Repeat(" ", 1<<20)), 413, "the body has more than 1 MiB"},
		{"over the limit, of unknown length", "POST", "/ses", io.MultiReader(strings.NewReader(openEvent), strings.NewReader(strings.Repeat(" ", 1<<20))), 413,
			"the body has more than 1 MiB"},
		{"at the limit", "POST", "/ses", strings.NewReader(openEvent + strings.Repeat(" ", 1<<20-len(openEvent))), 200, ""},
		{"cut off", "POST", "/ses", iotest.ErrReader(io.ErrUnexpectedEOF), 400, "the body could not be read"},
		{"too slow", "POST", "/ses", iotest.ErrReader(context.DeadlineExceeded), 408, "the body did not come in time"},
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
				t.Fatalf("told %d times", len(told.received))
			}
			got := told.received[0]
			if got.Status != test.want || got.Refused() != (test.want != 200) || got.Headers["Authorization"] != "" || got.Remote == "" {
				t.Errorf("told %+v", got)
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
	if got := told.received[0]; got.Problem == nil || got.Problem.Error() != `field "timestamp": expected an integer, found a string` || got.Err != nil {
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
	r := NewReceiver(ReceiverOptions{Filter: filter, OnEvent: told.add, Archive: newArchive("events", d, false)})
	for _, body := range []string{openEvent, `{"event":"bounce"}`, `{"unreadable":true}`} {
		if w := post(r, strings.NewReader(body)); w.Code != 200 {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
	r.Close()
	if bodies, _ := readAll(t, d.file.String()); len(bodies) != 2 || len(told.received) != 2 || r.Stats() != (Stats{Events: 3, Filtered: 1}) {
		t.Errorf("%q, told %d times, %+v", bodies, len(told.received), r.Stats())
	}
}

func TestReceiverOnAFullDisk(t *testing.T) {
	t.Parallel()
	var told collect
	d := &disk{room: 0}
	r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: newArchive("events", d, false), Forward: []string{"http://127.0.0.1:1/"}})
	w := post(r, strings.NewReader(openEvent))
	r.Close()
	if w.Code != 500 || strings.TrimSpace(w.Body.String()) != "the event could not be saved" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := told.received[0]; got.Err == nil || got.Err.Error() != "save to events: no space left on device" || len(got.Answers) != 0 {
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
		archive := newArchive("events", d, false)
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
		if bodies, _ := readAll(t, d.file.String()); told != 2 || len(bodies) != 2 || r.Stats() != (Stats{Events: 3, Failed: 1, Refused: 1, Untold: 1}) {
			t.Errorf("told %d, saved %d, %+v", told, len(bodies), r.Stats())
		}
		if w := post(r, strings.NewReader(openEvent)); w.Code != 503 {
			t.Errorf("after Close: %d", w.Code)
		}
	})
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(target.Close)
	listener, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var told collect
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	receiver := NewReceiver(ReceiverOptions{Forward: []string{target.URL}, OnEvent: told.add})
	go func() { served <- Serve(ctx, listener, receiver) }()
	answered := make(chan int, 1)
	go func() {
		response, err := http.Post(ListenURL(listener, "/ses"), "application/json", strings.NewReader(openEvent))
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	<-arrived
	stop()
	close(release)
	if code := <-answered; code != http.StatusAccepted {
		t.Errorf("the event under way was answered %d", code)
	}
	if err := <-served; err != nil || len(told.received) != 1 {
		t.Errorf("%v, told %d times", err, len(told.received))
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

// A thousand senders of a byte a second, in the time of the bubble.
func TestServeIsNotBlockedBySlowSenders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		receiver := NewReceiver(ReceiverOptions{})
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, listener, receiver) }()
		head := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
		var slow sync.WaitGroup
		for i := range 1000 {
			slow.Go(func() {
				conn, _ := listener.dial(ctx, "", "")
				defer conn.Close()
				text := strings.Repeat("x", 60) // half of them never end the head
				go func() { _, _ = io.Copy(io.Discard, conn) }()
				if i%2 == 0 {
					_, _ = io.WriteString(conn, head)
				}
				for _, b := range []byte(text) {
					time.Sleep(time.Second)
					if _, err := conn.Write([]byte{b}); err != nil {
						return
					}
				}
				t.Error("a slow sender was not cut off")
			})
		}
		time.Sleep(3 * time.Second)
		client := &http.Client{Transport: &http.Transport{DialContext: listener.dial}}
		start := time.Now()
		for range 10 {
			response, err := client.Post("http://x/", "application/json", strings.NewReader(openEvent))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a good sender waited %v", waited)
		}
		slow.Wait()
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("the slow ones held on for %v", took)
		}
		client.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func TestListenOnAPortInUse(t *testing.T) {
	t.Parallel()
	first, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	address := first.Addr().String()
	_, err = Listen(t.Context(), address)
	var failed *failure.Error
	if !errors.As(err, &failed) || failed.Kind != failure.Failure || !strings.HasPrefix(err.Error(), "listen on "+address+": ") || len(failed.Hints) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := Listen(t.Context(), "nonsense"); err == nil {
		t.Error("no error for an address that is none")
	}
}

func TestListenURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"127.0.0.1:81": "http://127.0.0.1:81/a", "[::]:81": "http://127.0.0.1:81/a", "[::1]:81": "http://[::1]:81/a"} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := ListenURL(addrListener{tcp}, "/a"); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

type addrListener struct{ addr net.Addr }

func (addrListener) Accept() (net.Conn, error) { return nil, errors.New("too many open files") }
func (addrListener) Close() error              { return nil }
func (l addrListener) Addr() net.Addr          { return l.addr }

func TestServeWhenTheListenerFails(t *testing.T) {
	t.Parallel()
	err := Serve(t.Context(), addrListener{}, NewReceiver(ReceiverOptions{}))
	if err == nil || err.Error() != "receive events: too many open files" {
		t.Errorf("got %v", err)
	}
}
