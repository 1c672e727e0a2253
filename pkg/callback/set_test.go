package callback_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestNewSet(t *testing.T) {
	t.Parallel()
	a, b := mustParse(t, "a@x.example"), mustParse(t, "b@x.example")
	set, err := callback.NewSet([]callback.Callback{{b, callback.NewURL("ub")}, {callback.Account(), callback.NewURL("u")}, {a, callback.NewURL("ua")}})
	if err != nil {
		t.Fatal(err)
	}
	want := []callback.Callback{{callback.Account(), callback.NewURL("u")}, {a, callback.NewURL("ua")}, {b, callback.NewURL("ub")}}
	if !slices.Equal(set.All(), want) || set.Len() != 3 || set.URL(a).Whole() != "ua" || set.URL(callback.Account()).Whole() != "u" {
		t.Errorf("set %v", set.All())
	}

	var duplicate *callback.DuplicateError
	_, err = callback.NewSet([]callback.Callback{{a, callback.NewURL("u")}, {mustParse(t, "A@X.example"), callback.NewURL("u")}})
	if !errors.As(err, &duplicate) || duplicate.Target != a || err.Error() != "two callbacks for a@x.example; SES keeps one for each target" {
		t.Errorf("the same target twice: %v", err)
	}
	if _, err = callback.NewSet([]callback.Callback{{Target: a}}); err == nil || err.Error() != "the callback of a@x.example has no URL" {
		t.Errorf("no URL: %v", err)
	}
}

func TestSetIsAValue(t *testing.T) {
	t.Parallel()
	a := mustParse(t, "a@x.example")
	var zero callback.Set
	one := zero.With(a, callback.NewURL("u1"))
	two := one.With(a, callback.NewURL("u2"))
	none := two.Without(a)
	if zero.Len() != 0 || one.URL(a).Whole() != "u1" || two.URL(a).Whole() != "u2" || none.Len() != 0 || zero.Without(a).Len() != 0 {
		t.Error("With or Without changed its receiver")
	}
	if two.With(a, callback.URL{}).Len() != 0 {
		t.Error("a callback without a URL")
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	a, b := mustParse(t, "a@x.example"), mustParse(t, "b@x.example")
	var none callback.Set
	account := none.With(callback.Account(), callback.NewURL("u"))
	both := account.With(a, callback.NewURL("ua"))
	for _, test := range []struct {
		name   string
		set    callback.Set
		sender callback.Target
		want   callback.Effective
	}{
		{"none", none, a, callback.Effective{Sender: a, Source: callback.SourceNone}},
		{"account", account, a, callback.Effective{Sender: a, URL: callback.NewURL("u"), Source: callback.SourceAccount}},
		{"sender over account", both, a, callback.Effective{Sender: a, URL: callback.NewURL("ua"), Source: callback.SourceSender, Overridden: callback.NewURL("u")}},
		{"another sender", both, b, callback.Effective{Sender: b, URL: callback.NewURL("u"), Source: callback.SourceAccount}},
		{"sender alone", none.With(a, callback.NewURL("ua")), a, callback.Effective{Sender: a, URL: callback.NewURL("ua"), Source: callback.SourceSender}},
		{"sender alone, another", none.With(a, callback.NewURL("ua")), b, callback.Effective{Sender: b, Source: callback.SourceNone}},
		{"the account itself", account, callback.Account(), callback.Effective{URL: callback.NewURL("u"), Source: callback.SourceAccount}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.set.Resolve(test.sender); got != test.want {
				t.Errorf("got %+v; want %+v", got, test.want)
			}
		})
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	a, b, c := mustParse(t, "a@x.example"), mustParse(t, "b@x.example"), mustParse(t, "c@x.example")
	snapshot := callback.Snapshot{Senders: []callback.Sender{{Target: a}, {Target: c, Name: "C"}}}
	if !slices.Equal(snapshot.SenderTargets(), []callback.Target{a, c}) {
		t.Errorf("targets %v", snapshot.SenderTargets())
	}
	if !snapshot.Registered(a) || snapshot.Registered(b) || !snapshot.Registered(c) {
		t.Error("Registered")
	}
	if callback.PartOf(callback.Account()) != callback.PartAccount || callback.PartOf(a) != callback.PartSenderCallbacks {
		t.Error("PartOf")
	}
}
