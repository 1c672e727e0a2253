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
)

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

// A file that is moved away is opened again, also when it comes back.
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
