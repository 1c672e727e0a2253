package cli

import (
	"context"
	"time"
)

// untimed is the context key for the context that a timeout was added to.
type untimed struct{}

// withTimeout is context.WithTimeout with a timeout that [pauseTimeout] can pause.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, untimed{}, ctx), timeout)
}

// pauseTimeout returns a context without the timeout, to use while the user answers a
// question. resume returns a context with the remaining time. A context that has no
// timeout is returned unchanged.
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
