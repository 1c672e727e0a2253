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
)

// errReaderGone is what writing to standard output ends with when its reader went
// away, as head does when it has seen enough. A network connection breaks with the
// same errno, and means something else.
var errReaderGone = errors.New("standard output was closed by its reader")

// untilGone writes until the reader goes away.
type untilGone struct{ out io.Writer }

func (w untilGone) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return n, errReaderGone
	}
	return n, err
}

// stuckTime is how long a write may take after the command was to end.
const stuckTime = 2 * time.Second

// errStuck is the result of a write to standard output whose reader does not read.
var errStuck = errors.New("cannot write to standard output: its reader has stopped reading")

// untilStuck writes to standard output as long as its reader reads. After the end of
// the context a write has two seconds: a pipe that is full holds it for ever.
type untilStuck struct {
	ctx   context.Context
	out   io.Writer
	stuck *atomic.Bool
}

// writeUntil makes writing to standard output end soon after ctx, in place of a
// context above it.
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

// unlessGone is the error of writing a result. That nobody reads it is none: what
// the command has to say by its exit status stands.
func unlessGone(err error) error {
	if errors.Is(err, errReaderGone) {
		return nil
	}
	return err
}

// oneAtATime is a writer for several goroutines: what an interrupt prints must not fall
// into a line about a change.
type oneAtATime struct {
	mu    sync.Mutex
	to    io.Writer
	texts *catalog.Catalog
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.texts == nil {
		return w.to.Write(p)
	}
	if _, err := io.WriteString(w.to, translateLines(w.texts, string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
