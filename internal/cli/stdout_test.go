package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// TestBrokenPipe distinguishes a closed stdout from a broken connection.
func TestBrokenPipe(t *testing.T) {
	t.Parallel()
	a := newApp(Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }})
	a.started = true
	for _, err := range []error{
		fmt.Errorf("write tcp 127.0.0.1:8025: %w", syscall.EPIPE),
		failure.New(failure.Failure, "cannot call SES: %w", syscall.EPIPE),
	} {
		if status := a.finish(newRoot(a), err); status != 1 {
			t.Errorf("%v: exit status %d, want 1", err, status)
		}
	}
	if status := a.finish(newRoot(a), fmt.Errorf("show: %w", errReaderGone)); status != 0 {
		t.Errorf("the reader is gone: exit status %d, want 0", status)
	}
}

// stuckPipe is a pipe that nobody reads.
type stuckPipe struct{ held chan struct{} }

func (p stuckPipe) Write([]byte) (int, error) {
	<-p.held
	return 0, errReaderGone
}

func TestStuckReaderOfStdout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := stuckPipe{make(chan struct{})}
		a := newApp(Env{Stdout: pipe, Stderr: io.Discard, Getenv: func(string) string { return "" }})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		a.writeUntil(context.Background())
		a.writeUntil(ctx) // instead of the writer above
		start := time.Now()
		for range 2 { // the second time at once
			if _, err := a.env.Stdout.Write([]byte("x")); !errors.Is(err, errStuck) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(start); took != time.Minute+stuckTime {
			t.Errorf("it took %s", took)
		}
		close(pipe.held)
	})
}
