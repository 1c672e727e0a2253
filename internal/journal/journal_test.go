package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// clock returns times that are a second apart.
func clock() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

func open(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(Options{Path: path, Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func newJournal(t testing.TB) *Journal {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "state", "journal.jsonl"))
}

func begin(t testing.TB, j *Journal, e Entry) string {
	t.Helper()
	id, err := j.Begin(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func end(t testing.TB, j *Journal, id string, outcome Outcome) {
	t.Helper()
	if err := j.End(t.Context(), id, outcome, "req-"+id); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, j *Journal) History {
	t.Helper()
	h, err := j.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// pendingOf returns the entries of an account whose end is not known.
func pendingOf(h History, account Account) []Entry {
	return slices.DeleteFunc(slices.Clone(h.Entries), func(e Entry) bool {
		return e.Outcome != Pending || e.Account != account
	})
}

var sample = Entry{
	Account: account, Who: "ann",
	Change: callback.NewChange(mustParse("news@mail.example.com"), callback.URL{}, callback.NewURL("https://h.example:8080/?token=a&b=<c>")),
}

func mustParse(address string) callback.Target {
	target, err := callback.ParseSender(address)
	if err != nil {
		panic(err)
	}
	return target
}

// settle settles what was left when the account was read.
func settle(t *testing.T, j *Journal, account Account, found callback.Set, parts callback.Parts) ([]Entry, error) {
	t.Helper()
	left, err := j.Left(t.Context(), account)
	if err != nil {
		return nil, err
	}
	settled, err := j.Settle(t.Context(), left, found, parts)
	return settled.Ended, err
}

func TestBeginAndEnd(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	first, second := begin(t, j, sample), begin(t, j, Entry{Change: callback.NewChange(callback.Account(), callback.NewURL("https://u.example/"), callback.URL{})})
	if first >= second || len(first) != len(second) {
		t.Errorf("ids %s and %s are not in order", first, second)
	}
	end(t, j, first, Done)

	h := read(t, j)
	if len(h.Entries) != 2 || len(h.Damage) != 0 {
		t.Fatalf("history %+v", h)
	}
	want := sample
	want.run = j.run.id
	want.ID, want.Time, want.Outcome, want.RequestID = first, time.Date(2025, 3, 1, 12, 0, 1, 0, time.UTC), Done, "req-"+first
	if h.Entries[1] != want {
		t.Errorf("got  %+v\nwant %+v", h.Entries[1], want)
	}
	if newest := h.Entries[0]; newest.ID != second || newest.Outcome != Pending || newest.RequestID != "" {
		t.Errorf("the newest: %+v", newest)
	}
	raw, err := os.ReadFile(j.Path())
	if err != nil || !bytes.Contains(raw, []byte(`"new":"https://h.example:8080/?token=a&b=<c>"`)) {
		t.Errorf("the file: %s, %v", raw, err)
	}
}

func TestEntryAsUsersSeeIt(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Entry{ID: "1", Time: time.Date(2025, 3, 1, 12, 0, 1, 5e6, time.UTC), Outcome: Pending, Account: Account{Endpoint: "e", Region: "r"}})
	want := `{"id":"1","time":"2025-03-01T12:00:01.005Z","profile":"","who":"","scope":"account","sender":"","old":"","new":"","endpoint":"e","region":"r","command":"","request_id":"","outcome":"pending"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestLastEndHolds(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	id := begin(t, j, sample)
	end(t, j, id, Failed)
	end(t, j, id, Done)
	if e := read(t, j).Entries[0]; e.Outcome != Done {
		t.Errorf("entry %+v", e)
	}
}

func TestNothingWrittenNothingMade(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	if h := read(t, j); len(h.Entries) != 0 || len(h.Damage) != 0 {
		t.Errorf("history %+v", h)
	}
	if settled, err := settle(t, j, Account{}, callback.Set{}, callback.PartAll); err != nil || settled != nil {
		t.Errorf("settled %v, %v", settled, err)
	}
	if _, err := os.Stat(filepath.Dir(j.Path())); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading made the folder: %v", err)
	}
	if _, err := Open(Options{}); failure.KindOf(err) != failure.Usage {
		t.Errorf("no path: %v", err)
	}
}

func TestPrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("rights are not bits on Windows")
	}
	j := newJournal(t)
	begin(t, j, sample)
	for path, want := range map[string]os.FileMode{filepath.Dir(j.Path()): 0o700, j.Path(): 0o600, j.Path() + ".lock": 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	if err := os.Chmod(j.Path(), 0o644); err != nil {
		t.Fatal(err)
	}
	begin(t, j, sample)
	if info, err := os.Stat(j.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("still %v, %v", info.Mode(), err)
	}
}

func TestWaitForTheLock(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	j.wait = 20 * time.Millisecond
	begin(t, j, sample)
	other := flock.New(j.Path() + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	_, err := j.Begin(t.Context(), sample)
	if err == nil || !strings.Contains(err.Error(), "another process holds its lock") || failure.KindOf(err) != failure.Failure {
		t.Errorf("Begin: %v", err)
	}
	if _, err := j.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "another process holds its lock") {
		t.Errorf("Read: %v", err)
	}
	j.wait = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := j.Begin(ctx, sample); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a deadline: %v", err)
	}

	// Two wait, one gives up, the other gets through when the lock is free.
	ctx, cancel = context.WithCancel(t.Context())
	results := make(chan error, 2)
	go func() { _, err := j.Begin(ctx, sample); results <- err }()
	go func() { _, err := j.Begin(t.Context(), sample); results <- err }()
	cancel()
	if err := <-results; failure.KindOf(err) != failure.Interrupted {
		t.Errorf("cancelled: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-results; err != nil {
		t.Errorf("the other one: %v", err)
	}
	if h := read(t, j); len(h.Entries) != 2 || len(h.Damage) != 0 {
		t.Errorf("history %+v", h)
	}
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Begin(ctx, sample); !errors.Is(err, context.Canceled) || failure.KindOf(err) != failure.Interrupted {
		t.Errorf("error %v", err)
	}
	if h := read(t, j); len(h.Entries) != 0 {
		t.Errorf("history %+v", h)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	inFile := filepath.Join(folder, "file")
	if err := os.WriteFile(inFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a folder": folder, "below a file": filepath.Join(inFile, "journal.jsonl")} {
		j := open(t, path)
		if _, err := j.Begin(t.Context(), sample); err == nil || !strings.Contains(err.Error(), "cannot write the journal "+path) {
			t.Errorf("%s: Begin: %v", name, err)
		}
		if _, err := j.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot read the journal "+path) {
			t.Errorf("%s: Read: %v", name, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("rights do not bind this user")
	}
	j := newJournal(t)
	begin(t, j, sample)
	if err := errors.Join(os.Remove(j.Path()+".lock"), os.Chmod(j.Path(), 0o400), os.Chmod(filepath.Dir(j.Path()), 0o500)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(j.Path()), 0o700) })
	if h := read(t, j); len(h.Entries) != 1 {
		t.Errorf("history %+v", h)
	}
	var e *failure.Error
	if _, err := j.Begin(t.Context(), sample); !errors.As(err, &e) || len(e.Hints) == 0 {
		t.Errorf("Begin: %v", err)
	}
}

func TestEntryThatIsTooLong(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	long := sample
	long.Change.New = callback.NewURL(strings.Repeat("a", maxLine))
	if _, err := j.Begin(t.Context(), long); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("error %v", err)
	}
	begin(t, j, sample)
	if h := read(t, j); len(h.Entries) != 1 || len(h.Damage) != 0 {
		t.Errorf("history %+v", h)
	}
}
