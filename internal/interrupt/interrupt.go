package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Context returns a context that ends on every signal that ends a program and can be
// caught, and a function that stops listening for them. What is in flight when a terminal
// closes must not be lost. A second signal ends the program at once, except SIGHUP,
// because a closing terminal may send it twice.
func Context(ctx context.Context) (context.Context, func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT}
	hangup := !signal.Ignored(syscall.SIGHUP) // nohup makes the program ignore it
	if hangup {
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, signals...)
	context.AfterFunc(ctx, func() {
		if hangup {
			signal.Ignore(syscall.SIGHUP)
		}
		stop()
	})
	return ctx, stop
}
