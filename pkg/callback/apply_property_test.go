package callback_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

// The ways in which a change can fail.
var (
	errRefused = errors.New("refused")
	errUnknown = unknownError("no answer")        // nothing was changed
	errMade    = unknownError("the line was cut") // the change was made
	errLost    = errors.New("lost")               // a change by delete and create that stopped between the two calls
)

type unknownError string

func (e unknownError) Error() string        { return string(e) }
func (e unknownError) OutcomeUnknown() bool { return true }

// memory is an account whose changes may fail. Its functions are called without
// its lock.
type memory struct {
	mu  sync.Mutex
	set callback.Set

	fail    func(callback.Change) error
	during  func(callback.Change)
	changed func(callback.Set) // after each change
	takes   time.Duration
	unread  []int // the readings that fail

	reads int
	begun int
	made  []callback.Change
}

func (m *memory) locked(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

func (m *memory) Load(_ context.Context, parts callback.Parts) (callback.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if parts&callback.PartCallbacks == 0 {
		return callback.Snapshot{}, errors.New("no callbacks are read")
	}
	m.reads++
	if slices.Contains(m.unread, m.reads-1) {
		return callback.Snapshot{}, errRefused
	}
	return callback.Snapshot{Callbacks: m.set}, nil
}

func (m *memory) Make(ctx context.Context, c callback.Change) (callback.Receipt, error) {
	m.locked(func() { m.begun++ })
	if m.during != nil {
		m.during(c)
	}
	if m.takes > 0 {
		select {
		case <-ctx.Done():
			return callback.Receipt{}, context.Cause(ctx)
		case <-time.After(m.takes):
		}
	}
	var err error
	if m.fail != nil {
		err = m.fail(c)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.set.URL(c.Target) != c.Old {
		return callback.Receipt{}, fmt.Errorf("%v finds %q", c, m.set.URL(c.Target))
	}
	switch {
	case errors.Is(err, errLost):
		m.set = m.set.Without(c.Target)
	case err == nil, errors.Is(err, errMade):
		m.set = m.set.With(c.Target, c.New)
		m.made = append(m.made, c)
	}
	if m.changed != nil {
		m.changed(m.set)
	}
	return callback.Receipt{RequestID: "r"}, err
}

// TestApplyWithFailures applies generated plans in which any change may fail in
// any way. Then it applies them once more without failures.
func TestApplyWithFailures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		plan := callback.Diff(a, b)
		failing := map[callback.Target]error{}
		ways := []error{nil, errRefused, errUnknown, errMade}
		for _, c := range plan.Changes {
			failing[c.Target] = rapid.SampledFrom(ways).Draw(t, "failure of "+c.Target.String())
		}
		s := &memory{set: a, fail: func(c callback.Change) error { return failing[c.Target] }}
		senders, silent := drawnSenders(t), []callback.Target{}
		s.changed = func(now callback.Set) {
			for _, sender := range senders {
				if !a.Resolve(sender).URL.IsZero() && !b.Resolve(sender).URL.IsZero() && now.Resolve(sender).URL.IsZero() {
					silent = append(silent, sender)
				}
			}
		}
		if rapid.Bool().Draw(t, "a reading fails during the run") {
			s.unread = []int{1}
		}
		ends := map[callback.Target]int{}
		options := callback.ApplyOptions{
			Settling: callback.Settling{Pause: time.Nanosecond},
			Parallel: rapid.IntRange(1, 4).Draw(t, "parallel"),
			OnEnd:    func(o callback.Outcome) { ends[o.Change.Target]++ },
		}
		applied, err := callback.Apply(t.Context(), s, plan, options)
		if err != nil && len(s.unread) == 0 || len(applied.Differs) > 0 {
			t.Fatalf("differs %v, error %v", applied.Differs, err)
		}
		if len(silent) > 0 {
			t.Fatalf("without a callback during the run: %v", silent)
		}
		// Without failures Apply reads twice, so a reading that failed was the last.
		checkReport(t, s, plan, applied, ends, err == nil)

		s.fail, s.unread = nil, nil
		if applied, err = callback.Apply(t.Context(), s, callback.Diff(s.set, b), options); err != nil || len(applied.Failed)+len(applied.Differs) > 0 {
			t.Fatalf("run again: %+v, %v", applied, err)
		}
		if !sameSets(s.set, b) {
			t.Fatalf("run again, the account holds %v; want %v", s.set.All(), b.All())
		}
	})
}

// checkReport checks that each change is reported exactly once and truthfully.
func checkReport(t *rapid.T, s *memory, plan callback.Plan, applied callback.Applied, ends map[callback.Target]int, settled bool) {
	made := map[callback.Change]bool{}
	for _, c := range s.made {
		made[c] = true
	}
	reported := map[callback.Change]int{}
	for _, o := range applied.Done {
		reported[o.Change]++
		if !made[o.Change] || o.Err != nil {
			t.Fatalf("reported as done: %+v; made: %v", o, made[o.Change])
		}
	}
	for _, o := range applied.Failed {
		reported[o.Change]++
		if made[o.Change] && settled || o.Err == nil {
			t.Fatalf("reported as failed: %+v; made: %v", o, made[o.Change])
		}
	}
	for _, c := range plan.Changes {
		if reported[c] != 1 || ends[c.Target] != 1 {
			t.Fatalf("%v is reported %d times, and OnEnd was called for it %d times", c, reported[c], ends[c.Target])
		}
	}
	if len(reported) != len(plan.Changes) {
		t.Fatalf("reported %v for %v", reported, plan.Changes)
	}
}

// TestApplyHoldsBackNoMoreThanItMust compares each deletion that was held back
// with its effect at the end of the plan.
func TestApplyHoldsBackNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		plan := callback.Diff(a, b)
		failing := map[callback.Target]bool{}
		for _, c := range plan.Changes {
			failing[c.Target] = rapid.Bool().Draw(t, c.Target.String()+" fails")
		}
		s := &memory{set: a, fail: func(c callback.Change) error {
			if failing[c.Target] {
				return errRefused
			}
			return nil
		}}
		applied, err := callback.Apply(t.Context(), s, plan, callback.ApplyOptions{Parallel: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range applied.Failed {
			var held *callback.HeldBackError
			if !errors.As(o.Err, &held) {
				continue
			}
			without := s.set.Without(o.Change.Target)
			if s.set.Resolve(held.Sender).URL.IsZero() || !without.Resolve(held.Sender).URL.IsZero() || b.Resolve(held.Sender).URL.IsZero() {
				t.Fatalf("%v was held back for %s", o.Change, held.Sender)
			}
		}
	})
}
