package cli

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l limit
		parent, interrupt := context.WithCancel(t.Context())
		defer interrupt()

		ctx, stop := l.start(parent, time.Second)
		below, cancel := context.WithCancel(ctx)
		defer cancel()
		<-below.Done()
		if !errors.Is(below.Err(), context.DeadlineExceeded) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("the time was up, and the contexts say %v and %v", ctx.Err(), below.Err())
		}
		stop()

		ctx, stop = l.start(parent, time.Second)
		resume := l.pause()
		time.Sleep(time.Hour) // the user thinks
		resume()
		if ctx.Err() != nil {
			t.Errorf("the clock went on during the question: %v", ctx.Err())
		}
		start := time.Now()
		<-ctx.Done()
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("%s were left", waited)
		}
		stop()

		ctx, stop = l.start(parent, time.Second)
		below, cancel = context.WithCancel(ctx)
		defer cancel()
		interrupt()
		<-below.Done()
		if !errors.Is(below.Err(), context.Canceled) {
			t.Errorf("interrupted, and the context says %v", below.Err())
		}
		stop()
	})
}
