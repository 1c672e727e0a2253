//go:build !windows

package relaycli

import (
	"context"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// TestUntilSignal sends signals to this process. It is not parallel, because signals are
// for the whole process.
func TestUntilSignal(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SIGHUP is ignored here")
	}
	defer signal.Reset(syscall.SIGHUP)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT} { // the first one makes SIGHUP ignored
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		until := UntilSignal(ctx)
		if err := syscall.Kill(syscall.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
		<-until.Done()
		if ctx.Err() != nil {
			t.Errorf("%s: the context did not end", sig)
		}
		cancel()
	}
	for !signal.Ignored(syscall.SIGHUP) { // set after the context ended
		time.Sleep(time.Millisecond)
	}
}
