package loan

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// memory is a store in memory. Before makes a change it calls before, if set: an
// error is returned, and the change is not made.
type memory struct {
	mu      sync.Mutex
	set     callback.Set
	before  func(callback.Change) error
	noReads error
}

func (m *memory) Load(context.Context, callback.Parts) (callback.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return callback.Snapshot{Callbacks: m.set}, m.noReads
}

func (m *memory) Make(_ context.Context, c callback.Change) (callback.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		if err := m.before(c); err != nil {
			return callback.Receipt{}, err
		}
	}
	m.set = m.set.With(c.Target, c.New)
	return callback.Receipt{RequestID: "made"}, nil
}

func (m *memory) is(t *testing.T, want callback.URL) {
	t.Helper()
	if got := m.set.URL(callback.Account()); !got.Same(want) {
		t.Errorf("the callback is %q, want %q", got.Whole(), want.Whole())
	}
}

var (
	none     = callback.URL{}
	former   = callback.NewURL("https://hooks.example.com:8080/ses?token=s3cret")
	borrowed = callback.NewURL("https://dev.example.com:8082/a")
	others   = callback.NewURL("https://new.example.com:8080/")
)

func here() journal.Account {
	return journal.Account{Endpoint: "https://ses.example.com", Region: "ap-guangzhou"}
}

func settling() callback.Settling { return callback.Settling{Grace: time.Second} }

func take(t *testing.T, f Folder) *Loan {
	t.Helper()
	l, err := f.Take(here(), callback.Account())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func begin(t *testing.T, l *Loan, store callback.Store, from callback.URL) error {
	t.Helper()
	_, err := l.Begin(t.Context(), store, Record{Account: here(), Borrowed: callback.NewChange(callback.Account(), from, borrowed), Since: time.Unix(1e9, 0)}, settling())
	return err
}

func settle(t *testing.T, l *Loan, store callback.Store, want Action, current callback.URL) {
	t.Helper()
	end, err := l.Settle(t.Context(), store, settling())
	if err != nil || end.Action != want || !end.Current.Same(current) {
		t.Errorf("the end is %s, %q, %v; want %s, %q", end.Action, end.Current.Whole(), err, want, current.Whole())
	}
	if l.Recorded() {
		t.Error("the record stays")
	}
}

func TestBorrowAndGiveBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from callback.URL
		end  Action
	}{{former, Restored}, {none, Deleted}} {
		state := t.TempDir()
		store := &memory{set: callback.Set{}.With(callback.Account(), test.from)}
		l := take(t, In(state))
		if l.Recorded() {
			t.Error("a new loan has a record")
		}
		if err := begin(t, l, store, test.from); err != nil {
			t.Fatal(err)
		}
		store.is(t, borrowed)
		records, err := In(state).Left()
		if err != nil || len(records) != 1 || records[0].Account != here() || !records[0].Borrowed.New.Same(borrowed) || !records[0].Borrowed.Old.Same(test.from) || !records[0].Since.Equal(time.Unix(1e9, 0)) {
			t.Errorf("records %v, %v", records, err)
		}
		info, err := os.Stat(l.path)
		if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		settle(t, l, store, test.end, test.from)
		store.is(t, test.from)
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
		if records, err := In(state).Left(); err != nil || len(records) != 0 {
			t.Errorf("records %v, %v", records, err)
		}
	}
}

// The lock shows that the borrower is alive; after it ended, the next process finds
// what is recorded.
func TestTake(t *testing.T) {
	t.Parallel()
	folder := In(t.TempDir())
	store := &memory{set: callback.Set{}.With(callback.Account(), former)}
	first := take(t, folder)
	if err := begin(t, first, store, former); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Take(here(), callback.Account()); !errors.Is(err, ErrInUse) {
		t.Errorf("in use: %v", err)
	}
	if abandoned, err := folder.Abandoned(here()); err != nil || len(abandoned) != 0 {
		t.Errorf("while the borrower is alive: %v, %v", abandoned, err)
	}
	elsewhere := here()
	elsewhere.Region = "ap-hongkong"
	if other, err := folder.Take(elsewhere, callback.Account()); err != nil || other.Recorded() {
		t.Errorf("of another account: %v", err)
	}
	if err := first.Release(); err != nil { // as if it had been killed
		t.Fatal(err)
	}
	abandoned, err := folder.Abandoned(here())
	if err != nil || len(abandoned) != 1 || !abandoned[0].Borrowed.Old.Same(former) {
		t.Errorf("after the borrower ended: %v, %v", abandoned, err)
	}
	if abandoned, err := folder.Abandoned(elsewhere); err != nil || len(abandoned) != 0 {
		t.Errorf("of another account: %v, %v", abandoned, err)
	}
	if record, found, err := folder.Find(here(), callback.Account()); err != nil || !found || !record.Borrowed.New.Same(borrowed) {
		t.Errorf("found %v, %v, %v", record, found, err)
	}
	second := take(t, folder)
	if !second.Recorded() || !second.Borrowed.Old.Same(former) {
		t.Errorf("the loan is %v", second.Borrowed)
	}
	settle(t, second, store, Restored, former)
}

// A process may be killed at any point: whatever it left, settling it restores the
// previous value, and leaves alone what somebody else has set.
func TestSettle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		from    callback.URL
		found   callback.URL
		want    Action
		current callback.URL
	}{
		{"before the change", former, former, Back, former},
		{"before the change, none", none, none, Back, none},
		{"after the change", former, borrowed, Restored, former},
		{"after the change, none before", none, borrowed, Deleted, none},
		{"set by somebody else", former, others, Left, others},
		{"set by somebody else, none before", none, others, Left, others},
		{"deleted by somebody else", former, none, Left, none},
	}
	for _, test := range tests {
		folder := In(t.TempDir())
		l := take(t, folder)
		record := Record{Account: here(), Borrowed: callback.NewChange(callback.Account(), test.from, borrowed)}
		if err := errors.Join(record.write(l.path), l.Release()); err != nil {
			t.Fatal(err)
		}
		store := &memory{set: callback.Set{}.With(callback.Account(), test.found)}
		t.Log(test.name)
		settle(t, take(t, folder), store, test.want, test.current)
		store.is(t, test.current)
	}
}

// While the previous value cannot be put back, the record stays.
func TestSettleThatFails(t *testing.T) {
	t.Parallel()
	folder := In(t.TempDir())
	store := &memory{set: callback.Set{}.With(callback.Account(), former)}
	l := take(t, folder)
	if err := begin(t, l, store, former); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	store.noReads = refused
	if _, err := l.Settle(t.Context(), store, settling()); !errors.Is(err, refused) || !l.Recorded() {
		t.Errorf("not read: %v", err)
	}
	store.noReads = nil
	store.before = func(callback.Change) error { return refused }
	if _, err := l.Settle(t.Context(), store, settling()); !errors.Is(err, refused) || !l.Recorded() {
		t.Errorf("not made: %v", err)
	}
	store.before = nil
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	settle(t, take(t, folder), store, Restored, former)
	store.is(t, former)
}

// What cannot be recorded is not borrowed.
func TestBeginWithoutARecord(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	store := &memory{set: callback.Set{}.With(callback.Account(), former)}
	l := take(t, In(state))
	if err := os.Mkdir(l.path, 0o700); err != nil {
		t.Fatal(err)
	}
	err := begin(t, l, store, former)
	if failure.KindOf(err) != failure.Failure || !strings.Contains(err.Error(), "nothing was changed") || l.Recorded() {
		t.Errorf("error %v", err)
	}
	store.is(t, former)
}

func TestBeginThatFails(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	store := &memory{set: callback.Set{}.With(callback.Account(), former), before: func(callback.Change) error { return refused }}
	l := take(t, In(t.TempDir()))
	if err := begin(t, l, store, former); !errors.Is(err, refused) || !l.Recorded() {
		t.Errorf("error %v, recorded %v", err, l.Recorded())
	}
	settle(t, l, store, Back, former)
}
