package cli

import (
	"fmt"
	"io"
	"syscall"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

// TestBrokenPipe tells the pipe of stdout from a connection that broke.
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
