package webhook

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

// What is not an event is saved and forwarded as it came, and with Strict only refused.
func TestReceiverKeepsWhatIsNotAnEvent(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		var forwarded []string
		target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			forwarded = append(forwarded, string(body))
			w.WriteHeader(http.StatusAccepted)
		}))
		t.Cleanup(target.Close)
		var told collect
		d := &disk{room: -1}
		r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: newArchive(d), Forward: []string{target.URL}, Strict: strict})
		w := post(r, strings.NewReader("event=\xffopen"))
		r.Close()
		got := told.received[0]
		if string(got.Shown()) != "event=\xffopen" || !got.Refused() || got.Problem == nil || r.Stats().Refused != 1 || r.Stats().Events != 0 {
			t.Errorf("strict %t: %+v %+v", strict, got, r.Stats())
		}
		var saved []string
		for entry, err := range ReadRecords(strings.NewReader(d.file.String())) {
			if err != nil {
				t.Error(err)
			}
			saved = append(saved, string(entry.Payload()))
		}
		if strict && (w.Code != 400 || len(forwarded) != 0 || len(saved) != 0) ||
			!strict && (w.Code != 202 || len(forwarded) != 1 || forwarded[0] != "event=\xffopen" || len(saved) != 1 || saved[0] != forwarded[0]) {
			t.Errorf("strict %t: %d, forwarded %q, saved %q", strict, w.Code, forwarded, saved)
		}
	}
}

// A compressed body is read, saved decompressed, and forwarded as it came.
func TestReceiverDecompresses(t *testing.T) {
	t.Parallel()
	var forwarded []byte
	var encoding string
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		forwarded, _ = io.ReadAll(r.Body)
		encoding = r.Header.Get("Content-Encoding")
	}))
	t.Cleanup(target.Close)
	var told collect
	d := &disk{room: -1}
	r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: newArchive(d), Forward: []string{target.URL}})
	body := gzipped(t, openEvent)
	if w := post(r, strings.NewReader(body), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r.Close()
	if got := told.received[0]; got.Event.Type != event.Open || string(got.Body) != openEvent {
		t.Errorf("%+v", got)
	}
	if string(forwarded) != body || encoding != "gzip" {
		t.Errorf("forwarded %q in %q", forwarded, encoding)
	}
	if bodies, _ := readAll(t, d.file.String()); len(bodies) != 1 || bodies[0] != openEvent {
		t.Errorf("saved %q", bodies)
	}
}

// An event with a wrong header, in UTF-16 or with a damaged end is read, and a body that is
// too large when it is decompressed is kept. Each is saved as it came.
func TestReceiverReadsWhatItCan(t *testing.T) {
	t.Parallel()
	zipped := gzipped(t, openEvent)
	wide := "\xff\xfe" + strings.Join(strings.Split(openEvent, ""), "\x00") + "\x00"
	for _, test := range []struct{ name, encoding, body, saved, problem string }{
		{"a wrong header", "gzip", openEvent, openEvent, ""},
		{"an encoding that is not supported", "br", openEvent, openEvent, ""},
		{"without the end of gzip", "gzip", zipped[:len(zipped)-8], openEvent, ""},
		{"no header", "", zipped, openEvent, ""},
		{"UTF-16", "", wide, wide, ""},
		{"a bomb", "gzip", gzipped(t, "{"+strings.Repeat(" ", 2<<20)+"}"), "", "the body has more than 1 MiB after it is decompressed"},
		{"damaged", "gzip", "\x1f\x8b\x08xxx", "\x1f\x8b\x08xxx", "the body is not gzip, or it is damaged"},
		{"another encoding", "br", "\x0b\x02\x80", "\x0b\x02\x80", "the content encoding is not gzip or deflate"},
	} {
		var told collect
		d := &disk{room: -1}
		archive := newArchive(d)
		r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: archive})
		w := post(r, strings.NewReader(test.body), func(r *http.Request) { r.Header.Set("Content-Encoding", test.encoding) })
		r.Close()
		if err := archive.Close(); err != nil { // it may still save that the event was refused
			t.Errorf("%s: %v", test.name, err)
		}
		got := told.received[0]
		if test.saved == "" {
			test.saved = test.body
		}
		if (w.Code == 200) != (test.problem == "") || (got.Problem == nil) != (test.problem == "") || got.Problem != nil && got.Problem.Error() != test.problem ||
			test.problem == "" && got.Event.Type != event.Open {
			t.Errorf("%s: %d, %+v", test.name, w.Code, got)
		}
		for entry, err := range ReadRecords(strings.NewReader(d.file.String())) {
			if err != nil || entry.Failed == "" && string(entry.Payload()) != test.saved {
				t.Errorf("%s: saved %q, %v", test.name, entry.Payload(), err)
			}
		}
	}
}
