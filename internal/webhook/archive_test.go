package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

func record(body string) Record {
	return Record{Received: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Body: json.RawMessage(body)}
}

// readAll returns the bodies of a file and the errors of reading it.
func readAll(t *testing.T, text string) (bodies, problems []string) {
	t.Helper()
	for r, err := range ReadRecords(strings.NewReader(text)) {
		if err != nil {
			problems = append(problems, err.Error())
		} else {
			bodies = append(bodies, string(r.Body))
		}
	}
	return bodies, problems
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestArchiveWritesWhatReadRecordsReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	a, err := OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Record{
		Received: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Remote: "203.0.113.1:9",
		Headers: map[string]string{"User-Agent": "a \"b\"\n", "Content-Type": "application/json"}, Body: json.RawMessage("{\n\"a\": \"\\n\"\r\n}"),
	}
	if err := a.Append(want); err != nil {
		t.Fatal(err)
	}
	text := readFile(t, path)
	if strings.Count(text, "\n") != 1 {
		t.Errorf("not one line: %q", text)
	}
	if err := errors.Join(a.Close(), a.Close()); err != nil {
		t.Fatal(err)
	}
	for got, err := range ReadRecords(strings.NewReader(text)) {
		if err != nil || !got.Received.Equal(want.Received) || got.Remote != want.Remote || fmt.Sprint(got.Headers) != fmt.Sprint(want.Headers) ||
			string(got.Body) != "{ \"a\": \"\\n\"  }" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if err := a.Append(want); !errors.Is(err, ErrArchiveClosed) {
		t.Errorf("Append after Close: %v", err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestOpenArchiveEndsATornLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(`{"received":"2026-01-01T00:00:00Z","body":{"ev`), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, err := OpenArchive(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Append(record(`{"event":"open"}`)), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
	bodies, problems := readAll(t, readFile(t, path))
	if len(bodies) != 2 || len(problems) != 1 || problems[0] != "line 1 is incomplete; its event was not answered with success" {
		t.Errorf("%q %q", bodies, problems)
	}
}

func TestOpenArchiveFails(t *testing.T) {
	t.Parallel()
	_, err := OpenArchive(filepath.Join(t.TempDir(), "no", "such", "folder"))
	if err == nil || failure.KindOf(err) != failure.Failure || !strings.HasPrefix(err.Error(), "cannot open the events file: ") {
		t.Errorf("got %v", err)
	}
}

func TestArchiveOnAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	a, err := OpenArchive("/dev/full")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it goes on trying
		if err := a.Append(record(`{}`)); err == nil || err.Error() != "cannot save to /dev/full: no space left on device" {
			t.Errorf("got %v", err)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// disk is a file that can fail.
type disk struct {
	mu       sync.Mutex
	file     bytes.Buffer
	synced   int // how much of file has been synced
	syncs    int
	room     int           // how many more bytes fit; -1 for any
	syncErr  error         // of the next sync
	gate     chan struct{} // each sync takes one, if not nil
	syncing  chan struct{} // gets a value before each sync, if not nil
	closeErr error
}

func (d *disk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.room >= 0 && len(p) > d.room {
		n, _ := d.file.Write(p[:d.room])
		d.room = 0
		return n, errors.New("no space left on device")
	}
	return d.file.Write(p)
}

func (d *disk) Sync() error {
	if d.gate != nil {
		d.syncing <- struct{}{}
		<-d.gate
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs++
	err := d.syncErr
	d.syncErr = nil
	if err == nil {
		d.synced = d.file.Len()
	}
	return err
}

func (d *disk) Close() error { return d.closeErr }

func TestArchiveAfterAFailure(t *testing.T) {
	t.Parallel()
	d := &disk{room: 40}
	a := newArchive(d)
	if err := a.Append(record(`{"n":1}`)); err == nil || err.Error() != "cannot save to events: no space left on device" {
		t.Fatalf("got %v", err)
	}
	d.mu.Lock()
	d.room, d.syncErr = -1, errors.New("input/output error")
	d.mu.Unlock()
	if err := a.Append(record(`{"n":2}`)); err == nil || err.Error() != "cannot save to events: input/output error" {
		t.Fatalf("got %v", err)
	}
	if err := a.Append(record(`{"n":3}`)); err != nil {
		t.Fatal(err)
	}
	d.closeErr = errors.New("stale handle")
	if err := a.Close(); err == nil || err.Error() != "cannot save to events: stale handle" {
		t.Errorf("Close: %v", err)
	}
	// What was confirmed is there, and readable behind what is torn.
	bodies, problems := readAll(t, d.file.String())
	if len(bodies) != 2 || bodies[1] != `{"n":3}` || len(problems) != 1 {
		t.Errorf("%q %q", bodies, problems)
	}
}

func TestArchiveSyncsManyEventsAtOnceAndBeforeItAnswers(t *testing.T) {
	t.Parallel()
	const events = 100
	d := &disk{room: -1, gate: make(chan struct{}), syncing: make(chan struct{})}
	a := newArchive(d)
	var running sync.WaitGroup
	appendOne := func() {
		running.Go(func() {
			if err := a.Append(record(`{"event":"open"}`)); err != nil {
				t.Error(err)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.synced == 0 {
				t.Error("confirmed before it was synced")
			}
		})
	}
	appendOne()
	<-d.syncing // the first batch is in flight; the others gather behind it
	for range events - 1 {
		appendOne()
	}
	lines := func() int {
		a.mu.Lock()
		defer a.mu.Unlock()
		return bytes.Count(a.next.lines, []byte("\n"))
	}
	for lines() < events-1 {
		runtime.Gosched()
	}
	d.gate <- struct{}{}
	<-d.syncing
	d.gate <- struct{}{}
	running.Wait()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if bodies, problems := readAll(t, d.file.String()); len(bodies) != events || len(problems) != 0 || d.syncs != 2 {
		t.Errorf("%d events, %q, %d syncs", len(bodies), problems, d.syncs)
	}
}

func TestReadRecords(t *testing.T) {
	t.Parallel()
	const good = `{"received":"2026-01-01T00:00:00Z","body":{"event":"open"}}` + "\n"
	tests := []struct {
		name, text string
		bodies     int
		problem    string
	}{
		{"empty", "", 0, ""},
		{"two, and blank lines", good + "\n \n" + good, 2, ""},
		{"no line end at the end", good + strings.TrimSuffix(good, "\n"), 2, ""},
		{"torn at the end", good + good[:30], 1, "line 2 is incomplete"},
		{"torn early", good + `{"rec`, 1, "line 2 is incomplete"},
		{"torn in the middle", good + good[:30] + "\n" + good, 2, "line 2 is incomplete"},
		{"torn over several lines", good + "{\n" + good + `{"event":` + "\n" + good, 3, "line 2 is incomplete"},
		{"not JSON", good + "hello\n" + good, 2, "line 2 is not an event"},
		{"no body", `{"received":"2026-01-01T00:00:00Z"}` + "\n", 0, "line 1 is not an event"},
		{"no time", `{"body":{}}` + "\n", 0, "line 1 is not an event"},
		{"an array for a body", `{"received":"2026-01-01T00:00:00Z","body":[]}` + "\n", 0, "line 1 is not an event"},
		{"another object", `{"level":"info"}` + "\n", 0, "line 1 is not an event"},
		{"a line without end", strings.Repeat("x", maxRecord+1) + "\n" + good, 1, "line 1 is not an event"},
		{"an object without end", `{"event":"` + strings.Repeat("x", maxRecord+1) + "\n" + good, 1, "line 1 is not an event"},
		{"an object over many lines", `{"event":"open","x":[` + "\n" + strings.Repeat("1,\n", 100_000) + "1]}\n" + good, 2, ""},
		{"nested too deep over lines", strings.Repeat("{\"a\":\n", 1000) + "\n" + good, 1, "line 1 is not an event"},
		{"nested deep on one line", `{"event":"open","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}\n" + good, 2, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bodies, problems := readAll(t, test.text)
			if len(bodies) != test.bodies || (test.problem == "") != (len(problems) == 0) || len(problems) > 0 && !strings.HasPrefix(problems[0], test.problem) {
				t.Errorf("%q %q", bodies, problems)
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("input/output error") }

func TestReadRecordsOfABrokenFile(t *testing.T) {
	t.Parallel()
	for _, err := range ReadRecords(brokenReader{}) {
		if err == nil || err.Error() != "cannot read line 1: input/output error" {
			t.Errorf("got %v", err)
		}
	}
}

// newArchive returns an archive that writes to out.
func newArchive(out syncWriter) *Archive {
	return (&Archive{name: "events", out: out}).start(false)
}
