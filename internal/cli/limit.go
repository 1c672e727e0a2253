package cli

import (
	"context"
	"sync"
	"time"
)

// limit is the time limit of a command. It stands still while the user is
// thinking about a question.
type limit struct {
	mu        sync.Mutex
	timer     *time.Timer
	remaining time.Duration
	since     time.Time
}

func (l *limit) start(parent context.Context, d time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remaining, l.since = d, time.Now()
	l.timer = time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
	return deadlineContext{ctx}, func() {
		l.timer.Stop()
		cancel(nil)
	}
}

// pause stops the clock until the returned function is called.
func (l *limit) pause() (resume func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer == nil || !l.timer.Stop() {
		return func() {}
	}
	l.remaining -= time.Since(l.since)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.since = time.Now()
		l.timer.Reset(l.remaining)
	}
}

// deadlineContext reports its end by the time limit as DeadlineExceeded, as a
// context with a deadline does; an end by the user stays Canceled.
type deadlineContext struct{ context.Context }

func (c deadlineContext) Err() error {
	if c.Context.Err() == nil {
		return nil
	}
	return context.Cause(c.Context)
}
