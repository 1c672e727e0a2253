package journal

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestBefore(t *testing.T) {
	t.Parallel()
	entry := func(id, address, old, url string, outcome Outcome) Entry {
		target := callback.Account()
		if address != "" {
			target = sender(t, address)
		}
		return Entry{ID: id, Account: account, Change: callback.NewChange(target, callback.NewURL(old), callback.NewURL(url)), Outcome: outcome}
	}
	foreign := entry("01jd1k0m4", "a@x.example", "foreign", "f2", Done)
	foreign.Account.Profile = "test"
	h := History{Entries: []Entry{
		entry("01jd1k0m6", "a@x.example", "a2", "a3", Done),
		entry("01jd1k0m5", "a@x.example", "wrong", "a9", Failed),
		foreign,
		entry("01jd1k0m3", "", "", "u1", Done),
		entry("01jd1k0m2", "a@x.example", "a1", "a2", Pending),
		entry("01jd1k0m1", "b@x.example", "b1", "b2", Done),
	}}
	a, b, c := sender(t, "a@x.example"), sender(t, "b@x.example"), sender(t, "c@x.example")
	current := callback.Set{}.With(callback.Account(), callback.NewURL("u1")).With(a, callback.NewURL("a3")).With(b, callback.NewURL("b2")).With(c, callback.NewURL("c1"))
	for _, test := range []struct{ id, account, a, b string }{
		{"01jd1k0m6", "u1", "a2", "b2"},
		{"01jd1k0m3", "", "a2", "b2"},
		{"01JD1K0M2", "", "a1", "b2"},
		{"01jd1k0m1", "", "a1", "b1"},
	} {
		set, err := h.Before(test.id, account, current)
		if err != nil || set.URL(callback.Account()).Whole() != test.account || set.URL(a).Whole() != test.a || set.URL(b).Whole() != test.b || set.URL(c).Whole() != "c1" {
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

func TestFind(t *testing.T) {
	t.Parallel()
	h := History{Entries: []Entry{{ID: "01jd1k0m2"}, {ID: "01jd1k0m1"}}}
	for _, typed := range []string{"01jd1k0m1", "01JD1K0M1", " Oljdik-0m1\n"} {
		if e, err := h.Find(typed); err != nil || e.ID != "01jd1k0m1" {
			t.Errorf("Find(%q) = %v, %v", typed, e.ID, err)
		}
	}
	_, err := h.Find("no\x1bne")
	if failure.KindOf(err) != failure.NotFound || !strings.Contains(err.Error(), `"no\x1bne"`) {
		t.Errorf("error %v", err)
	}
}
