package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

var account = Account{Profile: "prod", Endpoint: "https://ses.example", Region: "ap-guangzhou"}

// stub is a store that answers what it is told, and looks at the journal while
// the change is on its way.
type stub struct {
	receipt callback.Receipt
	err     error
	during  func()
	calls   int
}

func (s *stub) Load(context.Context, callback.Parts) (callback.Snapshot, error) {
	return callback.Snapshot{Callbacks: callback.Set{}.With(callback.Account(), "u")}, s.err
}

func (s *stub) Put(context.Context, callback.Callback, string) (callback.Receipt, error) {
	return s.change()
}

func (s *stub) Delete(context.Context, callback.Callback) (callback.Receipt, error) {
	return s.change()
}

func (s *stub) change() (callback.Receipt, error) {
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
	made := failure.New(failure.Interrupted, "interrupted after it was made")
	made.Made, made.RequestID = true, "r3"
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
		{"interrupted, and made all the same", stub{err: made}, Done, "r3"},
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

			receipt, err := store.Put(t.Context(), callback.Callback{Target: target, URL: "new"}, "old")
			if !errors.Is(err, inner.err) || receipt.RequestID != inner.receipt.RequestID {
				t.Errorf("Put: %+v, %v", receipt, err)
			}
			e := read(t, j).Entries[0]
			if e.Outcome != test.outcome || e.RequestID != test.requestID || e.Old != "old" || e.New != "new" ||
				e.Sender != "news@mail.example.com" || e.Scope != callback.ScopeSender || e.Who != "ann" || e.Account() != account {
				t.Errorf("entry of Put: %+v", e)
			}

			if _, err = store.Delete(t.Context(), callback.Callback{Target: callback.Account(), URL: "old"}); !errors.Is(err, inner.err) {
				t.Errorf("Delete: %v", err)
			}
			e = read(t, j).Entries[0]
			if e.Outcome != test.outcome || e.Old != "old" || e.New != "" || e.Scope != callback.ScopeAccount || e.Sender != "" {
				t.Errorf("entry of Delete: %+v", e)
			}
		})
	}
}

func TestStoreLoads(t *testing.T) {
	t.Parallel()
	snapshot, err := Store(&stub{}, newJournal(t), Author{}).Load(t.Context(), callback.PartAll)
	if err != nil || snapshot.Callbacks.Len() != 1 {
		t.Errorf("Load: %v, %v", snapshot, err)
	}
}

func TestNoRecordNoChange(t *testing.T) {
	t.Parallel()
	inner := &stub{}
	store := Store(inner, open(t, t.TempDir()), Author{})
	if _, err := store.Put(t.Context(), callback.Callback{URL: "u"}, ""); err == nil || inner.calls != 0 {
		t.Errorf("error %v, %d calls", err, inner.calls)
	}
}

func TestEndIsRecordedAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	ctx, cancel := context.WithCancel(t.Context())
	store := Store(&stub{during: cancel}, j, Author{})
	if _, err := store.Put(ctx, callback.Callback{URL: "u"}, ""); err != nil {
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
	receipt, err := Store(inner, j, Author{}).Put(t.Context(), callback.Callback{URL: "u"}, "")
	if err != nil || len(receipt.Notes) != 1 || !strings.Contains(receipt.Notes[0], "stays pending") {
		t.Errorf("%+v, %v", receipt, err)
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	a, b := "a@x.example", "b@x.example"
	for _, test := range []struct {
		name     string
		old, new string
		found    string
		want     Outcome
		note     string
	}{
		{"the new one is there", "https://1.example/", "https://2.example/", "HTTPS://2.example", Done, "it had been done"},
		{"the old one is there", "https://1.example/", "https://2.example/", "https://1.example/", Failed, "it had not been done"},
		{"another is there", "https://1.example/", "https://2.example/", "https://3.example/", Failed, "another callback was there"},
		{"none is there", "https://1.example/", "https://2.example/", "", Failed, "no callback was there any more"},
		{"deleted", "https://1.example/", "", "", Done, "it had been done"},
		{"not deleted", "https://1.example/", "", "https://1.example/", Failed, "it had not been done"},
		{"not created", "", "https://2.example/", "", Failed, "it had not been done"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := newJournal(t)
			mine := Entry{Profile: account.Profile, Endpoint: account.Endpoint, Region: account.Region, Scope: callback.ScopeSender, Sender: a, Old: test.old, New: test.new}
			other, ofAccount := mine, mine
			other.Region = "ap-singapore"
			ofAccount.Scope, ofAccount.Sender = callback.ScopeAccount, ""
			end(t, j, begin(t, j, mine), Done)
			id := begin(t, j, mine)
			begin(t, j, other)
			begin(t, j, ofAccount)

			set := callback.Set{}.With(sender(t, a), test.found).With(sender(t, b), "https://9.example/")
			settled, err := settle(t, j, account, set, callback.PartSenderCallbacks)
			if err != nil || len(settled) != 1 || settled[0].ID != id || settled[0].Outcome != test.want || settled[0].Note != "settled by reading: "+test.note {
				t.Errorf("settled %+v, %v", settled, err)
			}
			h := read(t, j)
			if e, err := h.Find(id); err != nil || e != settled[0] {
				t.Errorf("in the file: %+v, %v", e, err)
			}
			if pending := pendingOf(h, account); len(pending) != 1 || pending[0].Scope != callback.ScopeAccount {
				t.Errorf("pending %+v", pending)
			}
		})
	}
}

func TestSettleByWhatCameNext(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	change := func(old, url string) Entry {
		return Entry{Profile: account.Profile, Endpoint: account.Endpoint, Region: account.Region, Scope: callback.ScopeAccount, Old: old, New: url}
	}
	done := begin(t, j, change("https://1.example/", "https://2.example/"))
	failed := begin(t, j, change("https://2.example/", "https://3.example/"))
	last := begin(t, j, change("https://2.example/", "https://4.example/"))
	if _, err := settle(t, j, account, callback.Set{}.With(callback.Account(), "https://4.example/"), callback.PartCallbacks); err != nil {
		t.Fatal(err)
	}
	h := read(t, j)
	for id, want := range map[string]Outcome{done: Done, failed: Failed, last: Done} {
		if e, err := h.Find(id); err != nil || e.Outcome != want {
			t.Errorf("%s is %s, %v; want %s", id, e.Outcome, err, want)
		}
	}
}

func TestSettleErrors(t *testing.T) {
	t.Parallel()
	if _, err := settle(t, open(t, t.TempDir()), account, callback.Set{}, callback.PartAll); err == nil {
		t.Error("a folder was read")
	}
	j := open(t, filepath.Join(t.TempDir(), "journal.jsonl"))
	content := `{"op":"begin","id":"01jd1k0m1","scope":"sender","sender":"nobody","outcome":"pending"}` + "\n"
	if err := os.WriteFile(j.Path(), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if settled, err := settle(t, j, Account{}, callback.Set{}, callback.PartAll); err != nil || settled != nil {
		t.Errorf("settled %v, %v", settled, err)
	}
	if _, err := read(t, j).Before("01jd1k0m1", Account{}, callback.Set{}); err == nil || !strings.Contains(err.Error(), "entry 01jd1k0m1 of the journal") {
		t.Errorf("Before: %v", err)
	}
}

func TestBefore(t *testing.T) {
	t.Parallel()
	entry := func(id, sender, old, url string, outcome Outcome) Entry {
		e := Entry{ID: id, Profile: account.Profile, Endpoint: account.Endpoint, Region: account.Region,
			Scope: callback.ScopeSender, Sender: sender, Old: old, New: url, Outcome: outcome}
		if sender == "" {
			e.Scope = callback.ScopeAccount
		}
		return e
	}
	foreign := entry("01jd1k0m4", "a@x.example", "foreign", "f2", Done)
	foreign.Profile = "test"
	h := History{Entries: []Entry{
		entry("01jd1k0m6", "a@x.example", "a2", "a3", Done),
		entry("01jd1k0m5", "a@x.example", "wrong", "a9", Failed),
		foreign,
		entry("01jd1k0m3", "", "", "u1", Done),
		entry("01jd1k0m2", "a@x.example", "a1", "a2", Pending),
		entry("01jd1k0m1", "b@x.example", "b1", "b2", Done),
	}}
	a, b, c := sender(t, "a@x.example"), sender(t, "b@x.example"), sender(t, "c@x.example")
	current := callback.Set{}.With(callback.Account(), "u1").With(a, "a3").With(b, "b2").With(c, "c1")
	for _, test := range []struct{ id, account, a, b string }{
		{"01jd1k0m6", "u1", "a2", "b2"},
		{"01jd1k0m3", "", "a2", "b2"},
		{"01JD1K0M2", "", "a1", "b2"},
		{"01jd1k0m1", "", "a1", "b1"},
	} {
		set, err := h.Before(test.id, account, current)
		if err != nil || set.URL(callback.Account()) != test.account || set.URL(a) != test.a || set.URL(b) != test.b || set.URL(c) != "c1" {
			t.Errorf("before %s: %v, %v", test.id, set.All(), err)
		}
	}
	if _, err := h.Before("01jd1k0m4", account, current); failure.KindOf(err) != failure.Usage {
		t.Errorf("another account: %v", err)
	}
	if _, err := h.Before("nothing", account, current); failure.KindOf(err) != failure.NotFound {
		t.Errorf("no such entry: %v", err)
	}
}
