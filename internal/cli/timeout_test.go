package cli

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, interrupt := context.WithCancel(t.Context())
		defer interrupt()

		ctx, stop := withTimeout(parent, time.Second)
		defer stop()
		time.Sleep(400 * time.Millisecond)
		waiting, resume := pauseTimeout(ctx)
		time.Sleep(time.Hour) // the user takes time to answer
		if waiting.Err() != nil {
			t.Errorf("the question ended: %v", waiting.Err())
		}
		ctx = resume()
		start := time.Now()
		<-ctx.Done()
		if waited := time.Since(start); waited != 600*time.Millisecond || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("%s were left, and the end is %v", waited, ctx.Err())
		}

		// A second question has the time that the first one left, and an interrupt ends
		// both.
		ctx, stop = withTimeout(parent, time.Second)
		defer stop()
		time.Sleep(400 * time.Millisecond)
		_, resume = pauseTimeout(ctx)
		ctx = resume()
		time.Sleep(400 * time.Millisecond)
		waiting, resume = pauseTimeout(ctx)
		ctx = resume()
		if deadline, limited := ctx.Deadline(); !limited || time.Until(deadline) != 200*time.Millisecond {
			t.Errorf("%s are left", time.Until(deadline))
		}
		interrupt()
		if !errors.Is(waiting.Err(), context.Canceled) || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("interrupted, and the contexts end by %v and %v", waiting.Err(), ctx.Err())
		}
	})
}

func TestPauseNoTimeout(t *testing.T) {
	t.Parallel()
	waiting, resume := pauseTimeout(t.Context())
	if waiting != t.Context() || resume() != t.Context() {
		t.Error("another context")
	}
}
