package cli

import (
	"context"
	"errors"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// interruptGrace is how long calls in flight, and readings that settle an unknown
// outcome, may go on after an interrupt.
const interruptGrace = 10 * time.Second

// settling is how a change with an unknown outcome is settled.
func settling() callback.Settling { return callback.Settling{Grace: interruptGrace} }

// make makes one change. If the user interrupts it, the answer is still waited for.
func (a *app) make(ctx context.Context, store callback.Store, c callback.Change) (callback.Receipt, error) {
	defer a.showWaiting(ctx, "the answer about "+callbackOf(c.Target))()
	return callback.Make(ctx, store, c, settling())
}

// showWaiting prints what is being waited for if ctx ends before the returned
// function is called.
func (a *app) showWaiting(ctx context.Context, what string) (done func()) {
	shown := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(shown)
		why := "interrupted"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			why = "timeout reached"
		}
		a.tell("%s: waiting up to %s for %s", why, interruptGrace, what)
	})
	return func() {
		if !stop() {
			<-shown // before anything else is printed
		}
	}
}
