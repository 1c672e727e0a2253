package callback_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	after := setOf(t, "a 1", "b 1", "c 1", "d 1", "account 1")
	for _, test := range []struct {
		name   string
		answer time.Duration // how long a change takes
		limit  bool          // interrupted by a timeout
		done   []string
		cause  error
	}{
		{"calls in flight are finished", 10 * time.Second, false, []string{"create a", "create b"}, context.Canceled},
		{"but only until the grace period ends", 20 * time.Second, false, nil, context.Canceled},
		{"a timeout", 10 * time.Second, true, []string{"create a", "create b"}, context.DeadlineExceeded},
		{"a timeout, but only until the grace period ends", 20 * time.Second, true, nil, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				if test.limit {
					ctx, interrupt = context.WithTimeout(t.Context(), 5*time.Second)
				}
				defer interrupt()
				if !test.limit {
					time.AfterFunc(5*time.Second, interrupt)
				}
				s := &memory{takes: test.answer}
				began := time.Now()
				applied, err := callback.Apply(ctx, s, callback.Diff(callback.Set{}, after), callback.ApplyOptions{Parallel: 2, Settling: callback.Settling{Grace: 8 * time.Second}})
				if err != nil {
					t.Fatal(err)
				}
				if done := described(applied.Done); !slices.Equal(done, test.done) {
					t.Errorf("done %q; want %q", done, test.done)
				}
				for _, o := range applied.Failed {
					if !errors.Is(o.Err, test.cause) {
						t.Errorf("%v failed with %v; want %v", o.Change, o.Err, test.cause)
					}
				}
				if len(applied.Done)+len(applied.Failed) != 5 || s.begun != 2 || len(applied.Differs) > 0 {
					t.Errorf("applied %+v; %d begun", applied, s.begun)
				}
				if took := time.Since(began); took > 13*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// TestApplyInterruptedWhileVerifying reads the account at the end in a child
// context. A store does so if it reads several parts at a time.
func TestApplyInterruptedWhileVerifying(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		start func(context.Context, time.Duration) (context.Context, context.CancelFunc)
		cause error
	}{
		"a timeout": {context.WithTimeout, context.DeadlineExceeded},
		"an interrupt": {func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			ctx, interrupt := context.WithCancel(ctx)
			time.AfterFunc(d, interrupt)
			return ctx, interrupt
		}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := test.start(t.Context(), 5*time.Second)
				defer cancel()
				began := time.Now()
				s := &hanging{at: 1}
				applied, err := callback.Apply(ctx, s, callback.Diff(callback.Set{}, setOf(t, "a 1")), callback.ApplyOptions{Settling: callback.Settling{Grace: 8 * time.Second}})
				if !errors.Is(err, test.cause) || len(applied.Done) != 1 {
					t.Errorf("applied %+v, %v; want %v", applied, err, test.cause)
				}
				if took := time.Since(began); took != 13*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// hanging is an account on which one reading, counted from 0, does not end.
type hanging struct {
	memory
	at int
}

func (h *hanging) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	if h.reads < h.at {
		return h.memory.Load(ctx, parts)
	}
	below, cancel := context.WithCancel(ctx)
	defer cancel()
	<-below.Done()
	return callback.Snapshot{}, context.Cause(below)
}
