package cli

import (
	"context"
	"time"
)

// untimed is the key of the context that a timeout was added to.
type untimed struct{}

// withTimeout is context.WithTimeout, with a timeout that [pauseTimeout] can stop.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, untimed{}, ctx), timeout)
}

// pauseTimeout returns a context without the timeout, for the time that a user takes to
// answer, and a function for the time after: it returns a context with the timeout
// that was left. Only a context without a timeout is returned as it is.
func pauseTimeout(ctx context.Context) (waiting context.Context, resume func() context.Context) {
	waiting, paused := ctx.Value(untimed{}).(context.Context)
	deadline, limited := ctx.Deadline()
	if !paused || !limited {
		return ctx, func() context.Context { return ctx }
	}
	left := time.Until(deadline)
	return waiting, func() context.Context {
		ctx, cancel := withTimeout(waiting, left)
		context.AfterFunc(waiting, cancel) // which ends with the command
		return ctx
	}
}
