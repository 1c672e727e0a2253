package cli

import (
	"context"
	"errors"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// interruptGrace is how long calls in flight, and reads that settle an unknown outcome,
// may continue after an interrupt.
const interruptGrace = 10 * time.Second

// settling returns the settings for a change whose outcome is unknown.
func settling() callback.Settling { return callback.Settling{Grace: interruptGrace} }

// make makes one change. If the user interrupts it, it still waits for the answer.
func (a *app) make(ctx context.Context, store callback.Store, c callback.Change) (callback.Receipt, error) {
	defer a.showWaiting(ctx, "the answer about "+callbackOf(c.Target))()
	return callback.Make(ctx, store, c, settling())
}

// showWaiting prints what the command waits for, if ctx ends before done is called.
func (a *app) showWaiting(ctx context.Context, what string) (done func()) {
	shown := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(shown)
		why := "interrupted"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			why = "timeout reached"
		}
		a.inform("%s: waiting up to %s for %s", why, interruptGrace, what)
	})
	return func() {
		if !stop() {
			<-shown // before anything else is printed
		}
	}
}
