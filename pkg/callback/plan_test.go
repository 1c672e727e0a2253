package callback_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	a, b, c := mustParse(t, "a@x.example"), mustParse(t, "b@x.example"), mustParse(t, "c@x.example")
	var empty callback.Set
	current := empty.With(callback.Account(), callback.NewURL("https://old.example/")).With(a, callback.NewURL("https://a.example")).With(b, callback.NewURL("https://b.example/"))
	for _, test := range []struct {
		name    string
		desired callback.Set
		want    []string
	}{
		{"nothing to do", current, nil},
		{"only spelling", current.With(a, callback.NewURL("HTTPS://A.example/")), nil},
		{"everything goes", empty, []string{"2 delete a@x.example", "2 delete b@x.example", "3 delete the account"}},
		{"all at once", empty.With(c, callback.NewURL("u")).With(b, callback.NewURL("u")).With(callback.Account(), callback.NewURL("u")),
			[]string{"0 replace b@x.example", "0 create c@x.example", "1 replace the account", "2 delete a@x.example"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, change := range callback.Diff(current, test.desired).Changes {
				got = append(got, fmt.Sprint(change.Phase(), " ", change.Action, " ", change.Target))
				if change.Old != current.URL(change.Target) || change.New != test.desired.URL(change.Target) {
					t.Errorf("change %+v", change)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q; want %q", got, test.want)
			}
		})
	}
}

func TestEffects(t *testing.T) {
	t.Parallel()
	a, b, c, d := mustParse(t, "a@x.example"), mustParse(t, "b@x.example"), mustParse(t, "c@x.example"), mustParse(t, "d@x.example")
	var empty callback.Set
	before := empty.With(callback.Account(), callback.NewURL("https://u.example/")).With(a, callback.NewURL("https://a.example/")).With(d, callback.NewURL("https://u.example"))
	after := empty.With(a, callback.NewURL("https://a2.example/")).With(c, callback.NewURL("https://u.example"))
	got := callback.Diff(before, after).Effects([]callback.Target{c, b, b, callback.Account()})
	want := []callback.Effect{
		{Sender: b, From: callback.NewURL("https://u.example/")},
		{Sender: d, From: callback.NewURL("https://u.example")},
		{Sender: a, From: callback.NewURL("https://a.example/"), To: callback.NewURL("https://a2.example/")},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
	if !got[0].Silenced() || got[2].Silenced() {
		t.Error("Silenced")
	}
}

func TestChecksum(t *testing.T) {
	t.Parallel()
	a := mustParse(t, "a@x.example")
	var empty callback.Set
	one := empty.With(a, callback.NewURL("https://a.example/"))
	sums := map[string]string{
		"nothing":             callback.Diff(empty, empty).Checksum(),
		"nothing, of another": callback.Diff(one, one).Checksum(),
		"create":              callback.Diff(empty, one).Checksum(),
		"delete":              callback.Diff(one, empty).Checksum(),
		"replace":             callback.Diff(one, one.With(a, callback.NewURL("https://b.example/"))).Checksum(),
		"the account's":       callback.Diff(empty, empty.With(callback.Account(), callback.NewURL("https://a.example/"))).Checksum(),
	}
	seen := map[string]string{}
	for name, sum := range sums {
		if other, twice := seen[sum]; twice {
			t.Errorf("%s and %s have one checksum", name, other)
		}
		seen[sum] = name
		if !strings.HasPrefix(sum, "sha256:") || len(sum) != len("sha256:")+64 {
			t.Errorf("checksum %q", sum)
		}
	}
	// Never change this value: people keep checksums between versions and
	// machines.
	if got, want := sums["nothing"], "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; got != want {
		t.Errorf("the checksum of nothing is %s; want %s", got, want)
	}
}

// drawSet draws from few senders and URLs, so that sets overlap. Two of the URLs
// are spellings of the same URL.
func drawSet(t *rapid.T, label string) callback.Set {
	urls := rapid.SampledFrom([]string{"", "https://a.example/", "https://A.example", "https://b.example/?t=1", "https://c.example:8080/"})
	set := callback.Set{}.With(callback.Account(), callback.NewURL(urls.Draw(t, label+" account")))
	for _, sender := range drawnSenders(t) {
		set = set.With(sender, callback.NewURL(urls.Draw(t, label+" "+sender.Address())))
	}
	return set
}

func drawnSenders(t *rapid.T) []callback.Target {
	var senders []callback.Target
	for i := range 6 {
		sender, err := callback.ParseSender(fmt.Sprintf("s%d@x.example", i))
		if err != nil {
			t.Fatal(err)
		}
		senders = append(senders, sender)
	}
	return senders
}

func sameSets(a, b callback.Set) bool {
	return slices.EqualFunc(a.All(), b.All(), func(x, y callback.Callback) bool {
		return x.Target == y.Target && x.URL.Same(y.URL)
	})
}

func TestDiffLeadsToDesired(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		plan := callback.Diff(a, b)
		if !sameSets(plan.After(), b) {
			t.Fatalf("after the plan: %v; want %v", plan.After().All(), b.All())
		}
		if changes := callback.Diff(b, b).Changes; len(changes) != 0 {
			t.Fatalf("from b to b: %v", changes)
		}
		if changes := callback.Diff(plan.After(), b).Changes; len(changes) != 0 {
			t.Fatalf("a second plan: %v", changes)
		}
	})
}

func TestEffectsAgreeWithResolve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		effects := map[callback.Target]callback.Effect{}
		changing := false
		for _, e := range callback.Diff(a, b).Effects(drawnSenders(t)) {
			if e.Silenced() && changing {
				t.Fatalf("%s loses its events and does not come first", e.Sender)
			}
			changing = changing || !e.Silenced()
			effects[e.Sender] = e
		}
		for _, sender := range drawnSenders(t) {
			from, to := a.Resolve(sender).URL, b.Resolve(sender).URL
			e, found := effects[sender]
			if found == from.Same(to) {
				t.Fatalf("%s goes from %q to %q; reported: %v", sender, from, to, found)
			}
			if found && (e.From != from || !e.To.Same(to)) {
				t.Fatalf("effect %+v; want from %q to %q", e, from, to)
			}
		}
	})
}

// TestNoGapInBetween stops plans at every point. Within the phase that was
// reached, the changes are in any order.
func TestNoGapInBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		plan := callback.Diff(a, b)
		plan.Changes = rapid.Permutation(plan.Changes).Draw(t, "order")
		slices.SortStableFunc(plan.Changes, func(x, y callback.Change) int { return x.Phase() - y.Phase() })
		for n := range len(plan.Changes) + 1 {
			between := callback.Plan{Before: a, Changes: plan.Changes[:n]}.After()
			for _, sender := range drawnSenders(t) {
				had, has, will := a.Resolve(sender).URL, between.Resolve(sender).URL, b.Resolve(sender).URL
				if !had.IsZero() && !will.IsZero() && has.IsZero() {
					t.Fatalf("%s has no callback after %d changes", sender, n)
				}
			}
		}
	})
}

// TestRemaining stops plans at every point and continues them. It also continues
// on accounts that somebody else changed.
func TestRemaining(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, other := drawSet(t, "a"), drawSet(t, "b"), drawSet(t, "other")
		plan := callback.Diff(a, b)
		done := rapid.Permutation(plan.Changes).Draw(t, "order")
		done = done[:rapid.IntRange(0, len(done)).Draw(t, "done")]
		between := callback.Plan{Before: a, Changes: done}.After()
		left, err := plan.Remaining(between)
		if err != nil || len(left.Changes) != len(plan.Changes)-len(done) || !sameSets(left.After(), plan.After()) {
			t.Fatalf("%d of %d changes are left: %v", len(left.Changes), len(plan.Changes)-len(done), err)
		}
		foreign := false
		for _, target := range append(drawnSenders(t), callback.Account()) {
			has := other.URL(target)
			foreign = foreign || !has.Same(a.URL(target)) && !has.Same(plan.After().URL(target))
		}
		var changed *callback.ChangedError
		if _, err := plan.Remaining(other); errors.As(err, &changed) != foreign {
			t.Fatalf("the account holds something else: %v; reported: %v", foreign, err)
		}
	})
}

func TestChecksumKnowsNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		shuffled := func(s callback.Set) callback.Set {
			set, err := callback.NewSet(rapid.Permutation(s.All()).Draw(t, "order"))
			if err != nil {
				t.Fatal(err)
			}
			return set
		}
		if callback.Diff(a, b).Checksum() != callback.Diff(shuffled(a), shuffled(b)).Checksum() {
			t.Fatal("the checksum depends on the order of the input")
		}
	})
}

// TestChecksumIsOfQuotedLines checks the text that a checksum is computed from.
func TestChecksumIsOfQuotedLines(t *testing.T) {
	t.Parallel()
	before := setOf(t, "account https://a.example/?x=1&y=<2>", `a https://ü.example/"\`, "b https://b.example/")
	plan := callback.Diff(before, setOf(t, "account https://b.example/\u2028", "b https://b.example/", "c https://c.example/"))
	const text = `"before" "" "https://a.example/?x=1&y=<2>" "" 
"before" "a@x.example" "https://ü.example/\"\\" "" 
"before" "b@x.example" "https://b.example/" "" 
"create" "c@x.example" "" "https://c.example/" 
"replace" "" "https://a.example/?x=1&y=<2>" "https://b.example/\u2028" 
"delete" "a@x.example" "https://ü.example/\"\\" "" 
`
	sum := sha256.Sum256([]byte(text))
	if got, want := plan.Checksum(), "sha256:"+hex.EncodeToString(sum[:]); got != want {
		t.Errorf("checksum %s; want %s of %s", got, want, text)
	}
}
