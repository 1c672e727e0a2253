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

// start returns a context that ends with parent, or with DeadlineExceeded when
// the time is up. Call the returned function when the work is done.
func (l *limit) start(parent context.Context, d time.Duration) (context.Context, func()) {
	ctx := &limited{Context: parent}
	ctx.over, ctx.cancel = context.WithCancel(context.Background())
	unlink := context.AfterFunc(parent, func() { ctx.end(parent.Err()) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remaining, l.since = d, time.Now()
	l.timer = time.AfterFunc(d, func() { ctx.end(context.DeadlineExceeded) })
	return ctx, func() {
		unlink()
		l.timer.Stop()
		ctx.end(context.Canceled)
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

// limited is a context that tells its end by the time limit from one by the user,
// as context.WithTimeout does, whose timer cannot be stopped and started.
type limited struct {
	context.Context // the parent
	// over ends with it. Package context finds no way to it, and would hand its
	// error to the contexts below if it did.
	over   context.Context
	cancel func()

	mu  sync.Mutex
	err error
}

func (c *limited) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
		c.cancel()
	}
}

func (c *limited) Done() <-chan struct{} { return c.over.Done() }

// AfterFunc spares package context a goroutine for each context below.
func (c *limited) AfterFunc(f func()) func() bool { return context.AfterFunc(c.over, f) }

func (c *limited) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
