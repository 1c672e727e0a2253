package callback_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const old, url, other = "https://old.example/", "https://new.example/", "https://other.example/"
	for _, test := range []struct {
		from, to, found string
		want            callback.Verdict
	}{
		{"", url, url, callback.VerdictMade},
		{"", url, "HTTPS://NEW.example", callback.VerdictMade},
		{"", url, "", callback.VerdictNotMade},
		{"", url, other, callback.VerdictOther},
		{old, url, url, callback.VerdictMade},
		{old, url, old, callback.VerdictNotMade},
		{old, url, "", callback.VerdictGone},
		{old, url, other, callback.VerdictOther},
		{old, "", "", callback.VerdictMade},
		{old, "", old, callback.VerdictNotMade},
		{old, "", other, callback.VerdictOther},
	} {
		if got := callback.NewChange(callback.Account(), callback.NewURL(test.from), callback.NewURL(test.to)).Judge(callback.NewURL(test.found)); got != test.want {
			t.Errorf("from %q to %q, found %q: %s; want %s", test.from, test.to, test.found, got, test.want)
		}
	}
}

// TestMakeSettles makes one change whose outcome the store does not know.
func TestMakeSettles(t *testing.T) {
	t.Parallel()
	const secret = "https://other.example/?token=s3cr3t"
	for _, test := range []struct {
		name      string
		fail      error
		meanwhile string        // what another sets, or "none"
		late      bool          // the change is made after the first reading
		unread    []int         // the readings that fail
		interrupt bool          // while the change is in flight
		takes     time.Duration // all of it
		note      string        // the change succeeds
		fault     string        // the change fails
		verdict   callback.Verdict
	}{
		{name: "made", fail: errMade, note: "the line was cut; reading the account shows that the callback of a@x.example was set anyway"},
		{name: "not made", fail: errUnknown, takes: time.Second, verdict: callback.VerdictNotMade,
			fault: "no answer; reading the account shows that nothing was changed"},
		{name: "made late", fail: errUnknown, late: true, takes: time.Second, note: "no answer; reading the account shows that the callback of a@x.example was set anyway"},
		{name: "gone", fail: errUnknown, meanwhile: "none", verdict: callback.VerdictGone, fault: "a@x.example has no callback of its own now"},
		{name: "another", fail: errUnknown, meanwhile: secret, verdict: callback.VerdictOther,
			fault: "shows another callback of a@x.example: https://other.example/?token=***"},
		{name: "cannot be read", fail: errMade, unread: []int{0}, fault: "the line was cut; the outcome is unknown, because reading the account failed too: refused"},
		{name: "cannot be read again", fail: errUnknown, unread: []int{1}, takes: time.Second, verdict: callback.VerdictNotMade, fault: "nothing was changed"},
		{name: "interrupted, and made", fail: errMade, interrupt: true, verdict: callback.VerdictMade,
			fault: "interrupted after the callback of a@x.example was set"},
		{name: "interrupted, and not made", fail: errUnknown, interrupt: true, takes: time.Second, verdict: callback.VerdictNotMade, fault: "nothing was changed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := mustParse(t, "a@x.example")
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				s := &memory{set: setOf(t, "a 1"), fail: func(callback.Change) error { return test.fail }, unread: test.unread}
				s.during = func(callback.Change) {
					if test.interrupt {
						interrupt()
					}
				}
				s.changed = func(callback.Set) {
					switch {
					case test.meanwhile == "none":
						s.set = s.set.Without(a)
					case test.meanwhile != "":
						s.set = s.set.With(a, callback.NewURL(test.meanwhile))
					case test.late:
						time.AfterFunc(time.Second/2, func() { s.locked(func() { s.set = s.set.With(a, callback.NewURL("2")) }) })
					}
				}
				began := time.Now()
				receipt, err := callback.Make(ctx, s, callback.NewChange(a, callback.NewURL("1"), callback.NewURL("2")), callback.Settling{Grace: 10 * time.Second})
				if took := time.Since(began); took != test.takes {
					t.Errorf("it took %s; want %s", took, test.takes)
				}
				if test.note != "" {
					if err != nil || len(receipt.Notes) != 1 || receipt.Notes[0] != test.note || receipt.RequestID != "r" {
						t.Errorf("receipt %+v, %v; want the note %q", receipt, err, test.note)
					}
					return
				}
				var e *callback.OutcomeError
				if !errors.As(err, &e) || e.Verdict != test.verdict || !strings.Contains(err.Error(), test.fault) || !errors.Is(err, test.fail) {
					t.Fatalf("error %v; want %q", err, test.fault)
				}
				if e.OutcomeUnknown() != (test.verdict == "") {
					t.Errorf("unknown is %v", e.OutcomeUnknown())
				}
			})
		})
	}
}

// TestMakeReadsForAWhile checks that reading ends if the account does not answer.
func TestMakeReadsForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &hanging{memory: memory{fail: func(callback.Change) error { return errMade }}}
		began := time.Now()
		_, err := callback.Make(t.Context(), s, callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("1")), callback.Settling{Grace: 10 * time.Second})
		if took := time.Since(began); took != 10*time.Second || err == nil || !strings.Contains(err.Error(), "the outcome is unknown") {
			t.Errorf("it took %s: %v", took, err)
		}
	})
}

// TestApplySettlesManyByFewReadings loses the answers to many changes, and half of
// the changes too.
func TestApplySettlesManyByFewReadings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const changes = 200
		var after callback.Set
		for i := range changes {
			after = after.With(mustParse(t, fmt.Sprintf("s%d@x.example", i)), callback.NewURL("1"))
		}
		s := &memory{}
		s.fail = func(callback.Change) error {
			if s.begun%2 == 0 {
				return errMade
			}
			return errUnknown
		}
		applied, err := callback.Apply(t.Context(), s, callback.Diff(callback.Set{}, after), callback.ApplyOptions{})
		if err != nil || len(applied.Done) != changes/2 || len(applied.Failed) != changes/2 || len(applied.Differs) > 0 {
			t.Errorf("%d done, %d failed, %v", len(applied.Done), len(applied.Failed), err)
		}
		if s.reads != 3 { // before, at the end, and once more a second later
			t.Errorf("%d readings", s.reads)
		}
	})
}
