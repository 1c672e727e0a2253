//go:build !windows

package interrupt

import (
	"context"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// TestContext sends signals to this process. It is not parallel, because signals are
// for the whole process.
func TestContext(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SIGHUP is ignored here")
	}
	defer signal.Reset(syscall.SIGHUP)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT} { // the first one makes SIGHUP ignored
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		until, stop := Context(ctx)
		if err := syscall.Kill(syscall.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
		<-until.Done()
		if ctx.Err() != nil {
			t.Errorf("%s: the context did not end", sig)
		}
		stop()
		cancel()
	}
	for !signal.Ignored(syscall.SIGHUP) { // set after the context ended
		time.Sleep(time.Millisecond)
	}
}
