package callback_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// setOf returns the set of pairs "TARGET URL"; the target "account" is the
// account.
func setOf(t *testing.T, pairs ...string) callback.Set {
	t.Helper()
	var set callback.Set
	for _, pair := range pairs {
		name, url, _ := strings.Cut(pair, " ")
		target := callback.Account()
		if name != "account" {
			target = mustParse(t, name+"@x.example")
		}
		set = set.With(target, callback.NewURL(url))
	}
	return set
}

// described returns changes as "ACTION TARGET", in order.
func described(outcomes []callback.Outcome) []string {
	var lines []string
	for _, o := range outcomes {
		lines = append(lines, fmt.Sprint(o.Change.Action, " ", strings.TrimSuffix(o.Change.Target.String(), "@x.example")))
	}
	slices.Sort(lines)
	return lines
}

func TestApplyKeepsPhasesApart(t *testing.T) {
	t.Parallel()
	before := setOf(t, "account 1", "a 1", "b 1", "c 1", "d 1")
	for name, after := range map[string]callback.Set{
		"the account's is replaced": setOf(t, "account 2", "a 2", "b 2", "e 2", "f 2"),
		"the account's is deleted":  setOf(t, "a 2", "b 2", "e 2", "f 2"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &memory{set: before}
				inFlight := map[int]int{} // by phase
				s.during = func(c callback.Change) {
					var pause time.Duration
					s.locked(func() { inFlight[c.Phase()]++; pause = time.Duration(s.begun%3) * time.Second })
					time.Sleep(pause)
					s.locked(func() {
						inFlight[c.Phase()]--
						for phase, n := range inFlight {
							if n > 0 && phase != c.Phase() {
								t.Errorf("a change of phase %d while one of phase %d was in flight", c.Phase(), phase)
							}
						}
					})
				}
				applied, err := callback.Apply(t.Context(), s, callback.Diff(before, after), callback.ApplyOptions{Parallel: 3})
				if err != nil || len(applied.Failed)+len(applied.Differs) != 0 || !sameSets(s.set, after) {
					t.Fatalf("applied %+v, %v; the account holds %v", applied, err, s.set.All())
				}
				if !slices.IsSortedFunc(s.made, func(a, b callback.Change) int { return a.Phase() - b.Phase() }) {
					t.Errorf("made in the order %v", s.made)
				}
			})
		})
	}
}

func TestApplyRunsSomeAtATime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ parallel, want int }{{-1, 1}, {0, 1}, {1, 1}, {3, 3}, {8, 5}} {
		t.Run(fmt.Sprint(test.parallel), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &memory{}
				inFlight, most := 0, 0
				s.during = func(callback.Change) {
					s.locked(func() { inFlight++; most = max(most, inFlight) })
					time.Sleep(time.Second)
					s.locked(func() { inFlight-- })
				}
				ending, ends := 0, 0 // OnEnd is called by one goroutine at a time
				onEnd := func(callback.Outcome) {
					if ending++; ending != 1 {
						t.Error("OnEnd is called by two at a time")
					}
					runtime.Gosched()
					ending--
					ends++
				}
				plan := callback.Diff(callback.Set{}, setOf(t, "a 1", "b 1", "c 1", "d 1", "e 1"))
				applied, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{Parallel: test.parallel, OnEnd: onEnd})
				if err != nil || len(applied.Done) != 5 || ends != 5 {
					t.Errorf("applied %+v, %v; OnEnd called %d times", applied, err, ends)
				}
				if most != test.want {
					t.Errorf("%d at a time; want %d", most, test.want)
				}
			})
		})
	}
}

func TestApplyWritesNothingIfTheAccountChanged(t *testing.T) {
	t.Parallel()
	before := setOf(t, "account https://x.example/", "a 1", "b 1")
	plan := callback.Diff(before, setOf(t, "account 2"))
	for _, test := range []struct {
		name string
		now  callback.Set
		want string
	}{
		{"appeared", before.With(mustParse(t, "c@x.example"), callback.NewURL("1")), "the callback of c@x.example changed since the plan was made"},
		{"replaced", before.With(callback.Account(), callback.NewURL("3")), "the callback of the account changed since the plan was made"},
		{"gone", before.Without(mustParse(t, "b@x.example")), "the callback of b@x.example changed since the plan was made"},
		{"all of it", setOf(t, "c 1"), "the callback of the account and 3 more changed since the plan was made"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &memory{set: test.now}
			_, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{})
			var changed *callback.ChangedError
			if !errors.As(err, &changed) || err.Error() != test.want {
				t.Errorf("error %v; want %q", err, test.want)
			}
			if len(s.made) > 0 {
				t.Errorf("written: %v", s.made)
			}
		})
	}
	s := &memory{set: before.With(callback.Account(), callback.NewURL("HTTPS://X.example"))}
	if _, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{}); err != nil {
		t.Errorf("another spelling of the same URL: %v", err)
	}
}

func TestApplyFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		before, after []string
		fail          map[string]error // by "ACTION TARGET"
		unread        []int            // readings that fail, from 0
		done, failed  []string
		held          string // the sender for whom a deletion was held back
	}{
		{name: "the others go on", before: []string{"a 1", "b 1", "c 1"}, after: []string{"a 2", "b 2", "d 1"},
			fail: map[string]error{"replace a": errRefused, "delete c": errRefused},
			done: []string{"create d", "replace b"}, failed: []string{"delete c", "replace a"}},
		{name: "the account's callback stays for a sender that got no callback", before: []string{"account 1", "b 1"}, after: []string{"a 2", "c 2"},
			fail: map[string]error{"create a": errRefused},
			done: []string{"create c", "delete b"}, failed: []string{"create a", "delete the account"}, held: "a@x.example"},
		{name: "a sender that keeps its own callback does not need the account's", before: []string{"account 1", "a 1", "b 1"}, after: []string{"a 2"},
			fail: map[string]error{"replace a": errRefused, "delete b": errRefused},
			done: []string{"delete the account"}, failed: []string{"delete b", "replace a"}},
		{name: "a sender's own callback stays if the account got none", before: []string{"a 1", "b 1"}, after: []string{"account 2"},
			fail:   map[string]error{"create the account": errRefused},
			failed: []string{"create the account", "delete a", "delete b"}, held: "a@x.example"},
		{name: "the account's previous callback is enough", before: []string{"account 1", "a 1"}, after: []string{"account 2"},
			fail: map[string]error{"replace the account": errRefused},
			done: []string{"delete a"}, failed: []string{"replace the account"}},
		{name: "a deletion that the plan wants is not held back", before: []string{"account 1", "a 1"}, after: []string{"b 1"},
			fail: map[string]error{"delete a": errRefused},
			done: []string{"create b", "delete the account"}, failed: []string{"delete a"}},
		{name: "a replacement that lost the previous callback counts", before: []string{"account 1", "a 1"}, after: []string{"a 2"},
			fail:   map[string]error{"replace a": errLost},
			failed: []string{"delete the account", "replace a"}, held: "a@x.example"},
		{name: "a change that was made after all counts", before: []string{"account 1"}, after: []string{"a 1"},
			fail: map[string]error{"create a": errMade},
			done: []string{"create a", "delete the account"}},
		{name: "a change that was not made counts as failed", before: []string{"account 1"}, after: []string{"a 1"},
			fail:   map[string]error{"create a": errUnknown},
			failed: []string{"create a", "delete the account"}, held: "a@x.example"},
		{name: "if the account cannot be read, no unknown outcome is relied on", before: []string{"account 1", "a 1"}, after: []string{"a 2"},
			fail: map[string]error{"replace a": errMade}, unread: []int{1},
			done: []string{"replace a"}, failed: []string{"delete the account"}, held: "a@x.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, after := setOf(t, test.before...), setOf(t, test.after...)
			s := &memory{set: before, unread: test.unread, fail: func(c callback.Change) error {
				return test.fail[described([]callback.Outcome{{Change: c}})[0]]
			}}
			applied, err := callback.Apply(t.Context(), s, callback.Diff(before, after), callback.ApplyOptions{Parallel: 2, Settling: callback.Settling{Pause: time.Nanosecond}})
			if err != nil || len(applied.Differs) > 0 {
				t.Errorf("differs %v, error %v", applied.Differs, err)
			}
			if done := described(applied.Done); !slices.Equal(done, test.done) {
				t.Errorf("done %q; want %q", done, test.done)
			}
			if failed := described(applied.Failed); !slices.Equal(failed, test.failed) {
				t.Errorf("failed %q; want %q", failed, test.failed)
			}
			held := ""
			for _, o := range applied.Failed {
				var back *callback.HeldBackError
				if errors.As(o.Err, &back) && held == "" {
					held = back.Sender.Address()
				}
			}
			if held != test.held {
				t.Errorf("held back for %q; want %q", held, test.held)
			}
		})
	}
}

func TestApplyReportsHowAnUnknownOutcomeWasSettled(t *testing.T) {
	t.Parallel()
	s := &memory{fail: func(callback.Change) error { return errMade }}
	var ends []callback.Outcome
	applied, err := callback.Apply(t.Context(), s, callback.Diff(callback.Set{}, setOf(t, "a 1")),
		callback.ApplyOptions{OnEnd: func(o callback.Outcome) { ends = append(ends, o) }})
	want := "the line was cut; reading the account shows that the callback of a@x.example was set anyway"
	if err != nil || len(applied.Done) != 1 || !slices.Equal(applied.Done[0].Receipt.Notes, []string{want}) {
		t.Errorf("applied %+v, %v; want the note %q", applied, err, want)
	}
	if len(ends) != 1 || !errors.Is(ends[0].Err, errMade) {
		t.Errorf("OnEnd received: %+v", ends)
	}
}

func TestApplyReadsTheEndState(t *testing.T) {
	t.Parallel()
	before, after := setOf(t, "a 1", "b 1"), setOf(t, "a 2", "b 1", "c 1")
	s := &memory{set: before}
	s.during = func(c callback.Change) {
		if c.Action == callback.ActionCreate {
			s.locked(func() {
				s.set = s.set.With(mustParse(t, "b@x.example"), callback.NewURL("9")).With(callback.Account(), callback.NewURL("9"))
			})
		}
	}
	applied, err := callback.Apply(t.Context(), s, callback.Diff(before, after), callback.ApplyOptions{})
	if err != nil || len(applied.Done) != 2 || len(applied.Failed) != 0 {
		t.Errorf("applied %+v, %v", applied, err)
	}
	if want := []callback.Target{callback.Account(), mustParse(t, "b@x.example")}; !slices.Equal(applied.Differs, want) {
		t.Errorf("differs: %v; want %v", applied.Differs, want)
	}
}

func TestApplyCannotRead(t *testing.T) {
	t.Parallel()
	plan := callback.Diff(callback.Set{}, setOf(t, "a 1"))
	s := &memory{unread: []int{0}}
	if applied, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{}); !errors.Is(err, errRefused) || len(applied.Done)+len(s.made) > 0 {
		t.Errorf("the first reading fails: %+v, %v", applied, err)
	}
	s = &memory{unread: []int{1}}
	applied, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{})
	if !errors.Is(err, errRefused) || !strings.HasPrefix(err.Error(), "cannot verify the changes: ") || len(applied.Done) != 1 {
		t.Errorf("the last reading fails: %+v, %v", applied, err)
	}
}
