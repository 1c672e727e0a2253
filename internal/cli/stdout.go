package cli

import (
	"errors"
	"io"
	"sync"
	"syscall"
)

// errReaderGone is what writing to standard output ends with when its reader went
// away, as head does when it has seen enough. A network connection breaks with the
// same errno, and means something else.
var errReaderGone = errors.New("nobody reads standard output any more")

// untilGone writes until the reader goes away.
type untilGone struct{ out io.Writer }

func (w untilGone) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return n, errReaderGone
	}
	return n, err
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
	mu sync.Mutex
	to io.Writer
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}
