package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// errReaderGone is the error of a write to standard output whose reader closed it, as
// head does. A broken network connection has the same errno, but it is another error.
var errReaderGone = errors.New("standard output was closed by its reader")

// untilGone is a writer that returns errReaderGone when its reader has closed it. It keeps
// every other error, because cobra does not return the errors of writing help.
type untilGone struct {
	out    io.Writer
	failed atomic.Pointer[failure.Error]
}

func (w *untilGone) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, syscall.EPIPE):
		return n, errReaderGone
	}
	failed := failure.New(failure.Failure, "cannot write to standard output: %w", files.Reason(err)).WithHints(files.Advice(err))
	w.failed.Store(failed)
	return n, failed
}

// stuckTime is how long a write may continue after the context of the command ended.
const stuckTime = 2 * time.Second

// errStuck is the error of a write to standard output that its reader no longer reads.
var errStuck = errors.New("cannot write to standard output: its reader has stopped reading")

// untilStuck is a writer that waits for its reader. After the context ends, a write has
// two seconds, because a full pipe would block it forever.
type untilStuck struct {
	ctx   context.Context
	out   io.Writer
	stuck *atomic.Bool
}

// writeUntil makes writes to standard output end soon after ctx. It replaces an earlier
// context.
func (a *app) writeUntil(ctx context.Context) {
	out := a.env.Stdout
	if above, ok := out.(untilStuck); ok {
		out = above.out
	}
	a.env.Stdout = untilStuck{ctx, out, new(atomic.Bool)}
}

func (w untilStuck) Write(p []byte) (int, error) {
	if w.stuck.Load() {
		return 0, errStuck
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	data := bytes.Clone(p) // the write may end after its caller has left
	go func() {
		n, err := w.out.Write(data)
		done <- result{n, err}
	}()
	select {
	case got := <-done:
		return got.n, got.err
	case <-w.ctx.Done():
	}
	timer := time.NewTimer(stuckTime)
	defer timer.Stop()
	select {
	case got := <-done:
		return got.n, got.err
	case <-timer.C:
		w.stuck.Store(true)
		return 0, errStuck
	}
}

// unlessGone returns the error of writing a result. It returns nil if the reader closed
// standard output, because the exit status of the command is still valid.
func unlessGone(err error) error {
	if errors.Is(err, errReaderGone) {
		return nil
	}
	return err
}

// oneAtATime is a writer for several goroutines, so that their lines do not mix: an
// interrupt may print while a change is reported. A message does not continue the line
// of a progress bar.
type oneAtATime struct {
	mu    sync.Mutex
	to    io.Writer
	texts *catalog.Catalog
	bar   bool // the cursor is behind a progress bar
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	redraws := bytes.HasPrefix(p, []byte("\r")) // only a bar does this
	if w.bar && !redraws && !bytes.HasPrefix(p, []byte("\n")) {
		if _, err := io.WriteString(w.to, "\n"); err != nil {
			return 0, err
		}
	}
	w.bar = redraws && len(bytes.Trim(p, "\r ")) > 0 // spaces clear it
	if w.texts == nil {
		return w.to.Write(p)
	}
	if _, err := io.WriteString(w.to, translateLines(w.texts, string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
