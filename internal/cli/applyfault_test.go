package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// task is an account, and what it is to become.
type task struct {
	senders       []string
	before, after callback.Set
	file          string // the declaration
}

// newTask returns work of every kind: of the senders, a third keep their
// callbacks, and the others get, change or lose theirs.
func newTask(t *testing.T, senders int) task {
	t.Helper()
	w := task{senders: make([]string, senders)}
	w.before = w.before.With(callback.Account(), callback.NewURL("https://hooks.example.com:8080/account"))
	w.after = w.after.With(callback.Account(), callback.NewURL("https://hooks.example.com:8081/account"))
	declaration := "version: 1\naccount: https://hooks.example.com:8081/account\nsenders:\n"
	for i := range senders {
		w.senders[i] = fmt.Sprintf("sender%d@domain%d.example.com", i%10, i/10)
		target, err := callback.ParseSender(w.senders[i])
		if err != nil {
			t.Fatal(err)
		}
		old, url := fmt.Sprintf("https://hooks.example.com:8080/%d", i), fmt.Sprintf("https://hooks.example.com:8081/%d", i)
		switch i % 6 {
		case 0, 1:
			url = old
		case 2, 3:
			old = ""
		case 4:
			url = ""
		}
		w.before, w.after = w.before.With(target, callback.NewURL(old)), w.after.With(target, callback.NewURL(url))
		if url == "" {
			url = "none"
		}
		declaration += "  " + w.senders[i] + ": " + url + "\n"
	}
	w.file = filepath.Join(t.TempDir(), "callbacks.yaml")
	if err := os.WriteFile(w.file, []byte(declaration), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// applied is what apply says with -o json.
type applied struct {
	Applied []appliedChange `json:"applied"`
	Failed  []appliedChange `json:"failed"`
}

type appliedChange struct {
	Sender string `json:"sender"`
	New    string `json:"new"`
	Error  string `json:"error"`
}

func readApplied(t *testing.T, stdout string) applied {
	t.Helper()
	var out applied
	if err := json.Unmarshal([]byte(stdout), &out); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	return out
}

// checkReport holds what apply said against what was written. Where the account
// could not be read at the end, a change that is said to have failed may have
// been made if its outcome is said not to be known.
func (s *shaky) checkReport(stdout, stderr string) {
	s.t.Helper()
	written := s.wrote()
	report, verified := readApplied(s.t, stdout), !strings.Contains(stderr, "cannot verify the changes")
	made := func(c appliedChange) bool {
		target := callback.Account()
		if c.Sender != "" {
			var err error
			if target, err = callback.ParseSender(c.Sender); err != nil {
				s.t.Fatal(err)
			}
		}
		urls := written[target]
		return len(urls) > 0 && urls[len(urls)-1] == c.New
	}
	for _, c := range report.Applied {
		if !made(c) {
			s.t.Errorf("reported as applied, and was not: %+v", c)
		}
	}
	for _, c := range report.Failed {
		if made(c) && (verified || !strings.Contains(c.Error, "the outcome is unknown")) {
			s.t.Errorf("reported as failed, and was made: %+v", c)
		}
	}
}

func TestApplyFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name  string
		fates []misfortune
	}{
		{"throttling", []misfortune{throttled}},
		{"500", []misfortune{failedBefore, failedAfter}},
		{"dropped before", []misfortune{droppedBefore}},
		{"dropped after", []misfortune{droppedAfter}},
		{"everything", []misfortune{throttled, failedBefore, failedAfter, droppedBefore, droppedAfter}},
	} {
		for _, share := range []float64{0.01, 0.1, 0.5} {
			t.Run(fmt.Sprintf("%s at %g", fault.name, share), func(t *testing.T) {
				t.Parallel()
				work := newTask(t, 180)
				s := newShaky(t, work.senders, work.before)
				user := s.session()
				for seed := range uint64(2) {
					s.meets(randomly(seed, share, fault.fates...))
					status, stdout, stderr := user.run(t.Context(), "callback", "apply", "-f", work.file, "--yes", "-o", "json")
					if status != 0 && status != 1 {
						t.Fatalf("exit status %d: %s", status, stderr)
					}
					if stdout != "" {
						s.checkReport(stdout, stderr)
					}
				}
				s.finish(user, work)
			})
		}
	}
}

// finish applies the declaration without faults, and checks that all is well.
func (s *shaky) finish(user *session, work task) {
	s.t.Helper()
	s.meets(nil)
	user.must("callback", "apply", "-f", work.file, "--yes")
	if got := s.holds(); !equalSets(got, work.after) {
		s.t.Errorf("the account holds %v\nwant %v", got.All(), work.after.All())
	}
	user.must("callback", "plan", "-f", work.file, "--prune", "--exit-code")
	s.checkJournal(user)
}

func equalSets(a, b callback.Set) bool { return len(callback.Diff(a, b).Changes) == 0 }

func TestApplyToAnEndpointThatDies(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.01, 0.1, 0.5, 0.9} {
		for _, death := range []misfortune{droppedBefore, droppedAfter, failedAfter} {
			t.Run(fmt.Sprintf("%g %d", share, death), func(t *testing.T) {
				t.Parallel()
				work := newTask(t, 180)
				s := newShaky(t, work.senders, work.before)
				user := s.session()
				last := int(share * 130) // of the calls that apply makes
				s.meets(func(call int, _ string) misfortune {
					switch {
					case call < last:
						return served
					case call < last+8: // those in flight
						return death
					}
					return droppedBefore
				})
				status, stdout, stderr := user.run(t.Context(), "callback", "apply", "-f", work.file, "--yes", "-o", "json")
				if status != 1 {
					t.Fatalf("exit status %d: %s", status, stderr)
				}
				if stdout != "" {
					s.checkReport(stdout, stderr)
				}
				s.finish(user, work)
			})
		}
	}
}

// TestApplyWithoutAnActionForChanges deletes and creates where others change, so
// that a fault in between may lose a callback, which must not stay so.
func TestApplyWithoutAnActionForChanges(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.01, 0.1, 0.5} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			work := newTask(t, 180)
			s := newShaky(t, work.senders, work.before)
			user := s.session()
			lacks := func(fate func(int, string) misfortune) func(int, string) misfortune {
				return func(call int, action string) misfortune {
					if action == "UpdateAddressTrackUrl" {
						return noSuchAction
					}
					return fate(call, action)
				}
			}
			for seed := range uint64(2) {
				s.meets(lacks(randomly(seed, share, throttled, failedBefore, failedAfter, droppedBefore, droppedAfter)))
				if status, _, stderr := user.run(t.Context(), "callback", "apply", "-f", work.file, "--yes", "-o", "json"); status != 0 && status != 1 {
					t.Fatalf("exit status %d: %s", status, stderr)
				}
			}
			s.meets(lacks(func(int, string) misfortune { return served }))
			user.must("callback", "apply", "-f", work.file, "--yes")
			if got := s.holds(); !equalSets(got, work.after) {
				t.Errorf("the account holds %v\nwant %v", got.All(), work.after.All())
			}
			checkReplay(t, user.history(), work.before, work.after)
		})
	}
}

func TestApplyToAnAccountThatChanges(t *testing.T) {
	t.Parallel()
	work := newTask(t, 60)
	other := func(s *shaky) {
		target, err := callback.ParseSender(work.senders[0])
		if err == nil {
			_, err = s.client().Make(t.Context(), callback.NewChange(target, callback.NewURL("https://x.example/"), callback.NewURL("https://other.example.com:8080/?token=secret")))
		}
		if err != nil {
			t.Error(err)
		}
	}
	for _, test := range []struct {
		name   string
		on     string // the action at whose nth call the account changes
		nth    int
		refuse string // an action that is refused
		status int
		says   []string
	}{
		{"between the plan and the first write", "ListAddressTrackUrl", 2, "", 6,
			[]string{"changed since the plan was made; nothing was changed"}},
		{"between two writes", "CreateAddressTrackUrl", 5, "", 6,
			[]string{"the account differs from what was applied: " + work.senders[0]}},
		{"between two writes, of which one fails", "CreateAddressTrackUrl", 5, "DeleteAddressTrackUrl", 1,
			[]string{"10 changes were not made", "the account differs from what was applied: " + work.senders[0]}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShaky(t, work.senders, work.before)
			var mu sync.Mutex
			n := 0
			s.calls(func(action string) {
				mu.Lock()
				defer mu.Unlock()
				if action == test.on {
					if n++; n == test.nth {
						other(s)
					}
				}
			})
			s.meets(func(_ int, action string) misfortune {
				if action == test.refuse {
					return noSuchAction
				}
				return served
			})
			user := s.session()
			status, _, stderr := user.run(t.Context(), "callback", "apply", "-f", work.file, "--yes", "--parallel", "1")
			if status != test.status || strings.Contains(stderr, "secret") {
				t.Errorf("exit status %d, want %d:\n%s", status, test.status, stderr)
			}
			for _, part := range test.says {
				if !strings.Contains(stderr, part) {
					t.Errorf("it does not say %q:\n%s", part, stderr)
				}
			}
			if nothing := strings.Contains(stderr, "nothing was changed"); nothing != (len(s.wrote()) == 0) {
				t.Errorf("written: %v; said: %s", s.wrote(), stderr)
			}
			s.calls(nil)
			s.finish(user, work)
		})
	}
}
