package webhook

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

func TestReceiverRecordsTheRequest(t *testing.T) {
	t.Parallel()
	var told collect
	r := NewReceiver(ReceiverOptions{OnEvent: told.add})
	post(r, strings.NewReader("\ufeff{\"event\":\"bounce\",\"templateId\":\"7\",\"reason\":\"\xff\"}"), func(r *http.Request) {
		r.URL.Path, r.URL.RawQuery = "/ses/a", "token=1"
		r.Header = http.Header{"Authorization": {"a"}, "Cookie": {"b"}, "Proxy-Authorization": {"c"}, "X-Any": {"d", "e"}}
	})
	r.Close()
	got := told.received[0]
	if got.Path != "/ses/a" || got.Query != "token=1" || got.Method != "POST" || len(got.Headers) != 1 || got.Headers["X-Any"] != "d, e" {
		t.Errorf("%+v", got)
	}
	if got.Problem != nil || got.Event.Type != event.Bounce || len(got.Event.Problems) != 2 || len(got.Exact) == 0 || strings.Contains(string(got.Body), "\ufeff") {
		t.Errorf("%+v", got)
	}
}

func TestReceiverRefusesOtherSites(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header http.Header
		want   int
	}{
		{"a program", nil, 200},
		{"the page of the receiver", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://example.com"}}, 200},
		{"typed by the user", http.Header{"Sec-Fetch-Site": {"none"}}, 200},
		{"another site", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"another port of the site", http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://example.com:3000"}}, 403},
		{"an old browser", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"a page without an origin", http.Header{"Origin": {"null"}}, 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, allow := range []bool{false, true} {
				d := &disk{room: -1}
				r := NewReceiver(ReceiverOptions{AllowBrowser: allow, Archive: newArchive(d)})
				w := post(r, strings.NewReader(openEvent), func(r *http.Request) { r.Header = test.header.Clone() })
				r.Close()
				want := test.want
				if allow {
					want = 200
				}
				if w.Code != want || (d.file.Len() == 0) != (want == 403) {
					t.Errorf("allow %t: %d, saved %q", allow, w.Code, d.file.String())
				}
			}
		})
	}
}

func TestReceiverHealth(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "PUT"} {
		for _, health := range []bool{false, true} {
			r := NewReceiver(ReceiverOptions{Path: "/ses", Health: health})
			codes := map[string]int{}
			for _, path := range []string{"/ses", "/"} {
				w := httptest.NewRecorder()
				r.ServeHTTP(w, httptest.NewRequest(method, path, nil))
				codes[path] = w.Code
			}
			r.Close()
			want := 405
			if health && method != "PUT" {
				want = 200
			}
			if codes["/ses"] != want || codes["/"] != 404 {
				t.Errorf("%s, health %t: %v", method, health, codes)
			}
		}
	}
}

// The answers outside 2xx are in the file, so that only such events can be sent again.
func TestReceiverSavesFailures(t *testing.T) {
	t.Parallel()
	answer := http.StatusTeapot
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answer)
		_, _ = io.WriteString(w, "\n  short and stout? token=s3cret \x1b[31m\nsecond line")
	}))
	t.Cleanup(target.Close)
	path := filepath.Join(t.TempDir(), "events.jsonl")
	archive, err := OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	var told collect
	r := NewReceiver(ReceiverOptions{OnEvent: told.add, Archive: archive, Forward: []string{target.URL + "/?token=s3cret"},
		ForwardHeader: http.Header{"X-Own": {"yes"}, "Host": {"hooks.example.com"}}})
	post(r, strings.NewReader(openEvent))
	answer = 204
	post(r, strings.NewReader(openEvent))
	r.Close()
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	for entry, err := range ReadRecords(strings.NewReader(readFile(t, path))) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	if len(entries) != 3 || entries[1].Failed != entries[0].ID && entries[2].Failed != entries[0].ID {
		t.Fatalf("%+v", entries)
	}
	if line := told.received[0].Answers[0].Line; line != "short and stout? token=*** [31m" {
		t.Errorf("the line is %q", line)
	}
}

// A file that is moved away is opened anew, also when it comes back.
func TestArchiveFollowsItsName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "events.jsonl")
	archive, err := OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	save := func(body string) {
		t.Helper()
		if err := archive.Append(record(body)); err != nil {
			t.Fatal(err)
		}
	}
	save(`{"n":1}`)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Skip(err) // Windows does not rename an open file
	}
	save(`{"n":2}`)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"received":"torn`), 0o600); err != nil {
		t.Fatal(err)
	}
	save(`{"n":3}`)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := archive.Append(record(`{"n":4}`)); err == nil || !strings.Contains(err.Error(), "no longer a regular file") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	save(`{"n":5}`)
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	first, _ := readAll(t, readFile(t, path+".1"))
	last, _ := readAll(t, readFile(t, path))
	if len(first) != 1 || first[0] != `{"n":1}` || len(last) != 1 || last[0] != `{"n":5}` {
		t.Errorf("%q, %q", first, last)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// Somebody who never takes what is shown does not keep the receiver from ending.
func TestCloseDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		r := NewReceiver(ReceiverOptions{Queue: 2, OnEvent: func(Received) { <-held }})
		for range 2 {
			if w := post(r, bytes.NewReader([]byte(openEvent))); w.Code != 200 {
				t.Errorf("answered %d", w.Code)
			}
		}
		start := time.Now()
		r.Close()
		if took := time.Since(start); took != closeTime {
			t.Errorf("it took %v", took)
		}
		close(held)
		close(r.stop)
		<-r.done
	})
}
