package account_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestReadTarget(t *testing.T) {
	t.Parallel()
	at := newUser(t).local(t)
	stranger, err := callback.ParseSender("stranger@mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = at.ReadTarget(t.Context(), stranger)
	if failure.KindOf(err) != failure.NotFound || !strings.Contains(strings.Join(failure.HintsOf(err), " "), "the account has n") {
		t.Errorf("a stranger: %v, hints %q", err, failure.HintsOf(err))
	}
	for _, target := range []callback.Target{callback.Account(), sender(t)} {
		if _, _, err := at.ReadTarget(t.Context(), target); err != nil {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestEffectiveURLs(t *testing.T) {
	t.Parallel()
	at := newUser(t).local(t)
	for _, target := range []callback.Target{callback.Account(), sender(t)} {
		if _, err := at.EffectiveURLs(t.Context(), target); failure.KindOf(err) != failure.NotFound || len(failure.HintsOf(err)) == 0 {
			t.Errorf("%s, without a callback: %v", target, err)
		}
	}
	set(t, at, callback.Account(), "", hook)
	for _, own := range []string{"", hook + "/own"} {
		if own != "" {
			set(t, at, sender(t), "", own)
		}
		urls, err := at.EffectiveURLs(t.Context(), callback.Account(), sender(t))
		if err != nil || len(urls) != 2 || urls[0].Whole() != hook || urls[1].Whole() != cmp.Or(own, hook) {
			t.Errorf("with own callback %q: %v, %v", own, urls, err)
		}
	}
}
