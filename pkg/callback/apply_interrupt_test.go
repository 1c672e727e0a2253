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
		limit  bool          // interrupted by a time limit
		done   []string
		cause  error
	}{
		{"calls in flight are finished", 10 * time.Second, false, []string{"create a", "create b"}, context.Canceled},
		{"but only for a while", 20 * time.Second, false, nil, context.Canceled},
		{"a time limit", 10 * time.Second, true, []string{"create a", "create b"}, context.DeadlineExceeded},
		{"a time limit, and only for a while", 20 * time.Second, true, nil, context.DeadlineExceeded},
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
				began, watched := time.Now(), watch(s)
				defer watched.check(t)
				applied, err := callback.Apply(ctx, watched, callback.Diff(callback.Set{}, after), callback.ApplyOptions{Parallel: 2, Grace: 8 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				if done := told(applied.Done); !slices.Equal(done, test.done) {
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
