package journal

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

var account = Account{Profile: "prod", Endpoint: "https://ses.example", Region: "ap-guangzhou"}

// stub is a store with one answer to every change. It reads the journal while the
// change is in flight.
type stub struct {
	receipt callback.Receipt
	err     error
	set     callback.Set
	unread  error
	during  func()
	calls   int
}

func (s *stub) Load(context.Context, callback.Parts) (callback.Snapshot, error) {
	return callback.Snapshot{Callbacks: s.set}, s.unread
}

func (s *stub) Make(context.Context, callback.Change) (callback.Receipt, error) {
	s.calls++
	if s.during != nil {
		s.during()
	}
	return s.receipt, s.err
}

func sender(t testing.TB, address string) callback.Target {
	t.Helper()
	target, err := callback.ParseSender(address)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestStoreOutcomes(t *testing.T) {
	t.Parallel()
	refused := failure.New(failure.Failure, "refused")
	refused.RequestID = "r2"
	lost := failure.New(failure.Failure, "the connection was lost")
	lost.Unknown = true
	for _, test := range []struct {
		name      string
		inner     stub
		outcome   Outcome
		requestID string
	}{
		{"done", stub{receipt: callback.Receipt{RequestID: "r1"}}, Done, "r1"},
		{"failed", stub{err: refused}, Failed, "r2"},
		{"failed without a kind", stub{err: errors.New("boom")}, Failed, ""},
		{"unknown", stub{err: lost}, Pending, ""},
		{"interrupted", stub{err: context.Canceled}, Pending, ""},
		{"out of time", stub{err: context.DeadlineExceeded}, Pending, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := newJournal(t)
			inner := test.inner
			inner.during = func() {
				if h := read(t, j); h.Entries[0].Outcome != Pending {
					t.Errorf("while it is on its way: %+v", h)
				}
			}
			store := Store(&inner, j, Author{Account: account, Who: func() string { return "ann" }})
			target := sender(t, "news@mail.example.com")

			for _, c := range []callback.Change{
				callback.NewChange(target, callback.URL{}, callback.NewURL("new")), callback.NewChange(target, callback.NewURL("old"), callback.NewURL("new")), callback.NewChange(callback.Account(), callback.NewURL("old"), callback.URL{}),
			} {
				receipt, err := store.Make(t.Context(), c)
				if !errors.Is(err, inner.err) || receipt.RequestID != inner.receipt.RequestID {
					t.Errorf("%v: %+v, %v", c, receipt, err)
				}
				e := read(t, j).Entries[0]
				if e.Change != c || e.Outcome != test.outcome || e.RequestID != test.requestID || e.Who != "ann" || e.Account != account {
					t.Errorf("entry of %v: %+v", c, e)
				}
			}
		})
	}
}

// TestStoreSettles loses the answer to a change, and reads the account twice.
func TestStoreSettles(t *testing.T) {
	t.Parallel()
	lost := failure.New(failure.Failure, "the connection was lost")
	lost.Unknown = true
	target := sender(t, "news@mail.example.com")
	for _, test := range []struct {
		name   string
		found  [2]string
		unread [2]error
		want   [2]Outcome
	}{
		{"made", [2]string{"new", "new"}, [2]error{}, [2]Outcome{Done, Done}},
		{"not made", [2]string{"old", "old"}, [2]error{}, [2]Outcome{Failed, Failed}},
		{"made late", [2]string{"old", "new"}, [2]error{}, [2]Outcome{Failed, Done}},
		{"read late", [2]string{"", "new"}, [2]error{errors.New("no answer")}, [2]Outcome{Pending, Done}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := newJournal(t)
			inner := &stub{err: lost, receipt: callback.Receipt{RequestID: "r1"}}
			store := Store(inner, j, Author{Account: account})
			if _, err := store.Make(t.Context(), callback.NewChange(target, callback.NewURL("old"), callback.NewURL("new"))); !errors.Is(err, lost) {
				t.Fatal(err)
			}
			if _, err := store.Load(t.Context(), callback.PartAccount); err != nil {
				t.Fatal(err)
			}
			if e := read(t, j).Entries[0]; e.Outcome != Pending {
				t.Errorf("settled by the account's callback: %+v", e)
			}
			for i := range 2 {
				inner.set, inner.unread = callback.Set{}.With(target, callback.NewURL(test.found[i])), test.unread[i]
				if _, err := store.Load(t.Context(), callback.PartAll); !errors.Is(err, test.unread[i]) {
					t.Errorf("reading %d: %v", i, err)
				}
				e := read(t, j).Entries[0]
				if e.Outcome != test.want[i] || e.Outcome != Pending && e.RequestID != "r1" {
					t.Errorf("after reading %d: %+v; want %s", i, e, test.want[i])
				}
			}
			if settled, err := settle(t, j, account, inner.set, callback.PartAll); err != nil || len(settled) != 0 {
				t.Errorf("left to others: %v, %v", settled, err)
			}
		})
	}
}

// TestStoreSettlesNoLaterChange reads the account while a change is being sent.
// The reading began before the change, so it does not show the outcome.
func TestStoreSettlesNoLaterChange(t *testing.T) {
	t.Parallel()
	lost := failure.New(failure.Failure, "the connection was lost")
	lost.Unknown = true
	j := newJournal(t)
	inner := &interposed{stub: stub{err: lost}}
	store := Store(inner, j, Author{Account: account})
	inner.loading = func() {
		inner.loading = nil
		if _, err := store.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("new"))); !errors.Is(err, lost) {
			t.Error(err)
		}
	}
	for _, want := range []Outcome{Pending, Failed} {
		if _, err := store.Load(t.Context(), callback.PartAll); err != nil {
			t.Fatal(err)
		}
		if e := read(t, j).Entries[0]; e.Outcome != want {
			t.Errorf("%+v; want %s", e, want)
		}
	}
}

// interposed is a stub that runs a function while it is read.
type interposed struct {
	stub
	loading func()
}

func (i *interposed) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	if i.loading != nil {
		i.loading()
	}
	return i.stub.Load(ctx, parts)
}

func TestNoRecordNoChange(t *testing.T) {
	t.Parallel()
	inner := &stub{}
	store := Store(inner, open(t, t.TempDir()), Author{})
	if _, err := store.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("u"))); err == nil || inner.calls != 0 {
		t.Errorf("error %v, %d calls", err, inner.calls)
	}
}

func TestEndIsRecordedAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	ctx, cancel := context.WithCancel(t.Context())
	store := Store(&stub{during: cancel}, j, Author{})
	if _, err := store.Make(ctx, callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("u"))); err != nil {
		t.Fatal(err)
	}
	if e := read(t, j).Entries[0]; e.Outcome != Done {
		t.Errorf("entry %+v", e)
	}
}

func TestEndThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	inner := &stub{during: func() {
		if err := errors.Join(os.Remove(j.Path()), os.Mkdir(j.Path(), 0o700)); err != nil {
			t.Error(err)
		}
	}}
	receipt, err := Store(inner, j, Author{}).Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("u")))
	if err != nil || len(receipt.Notes) != 1 || !strings.Contains(receipt.Notes[0], "stays pending") {
		t.Errorf("%+v, %v", receipt, err)
	}
}

// closeJournal ends the run of a journal, like the end of its process.
func closeJournal(t *testing.T, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
