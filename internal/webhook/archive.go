package webhook

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// Archive saves events to a file, one [Record] a line. An event is on disk when
// Append returns without an error. Events that arrive during a write go to disk
// together, with one write and one sync. So the rate does not depend on how long a
// sync takes.
//
// A file that was moved away or deleted is opened again, for programs that rotate it.
//
// After a failure the file may end in a part of a line, and may have events whose
// Append failed. The next write begins a new line. The content of the file is never
// cut or overwritten.
type Archive struct {
	name   string
	out    syncWriter
	reopen func() (syncWriter, bool, error) // a new file if the old one was moved away, and whether it ends torn
	done   chan struct{}                    // closed after the last write

	widened fs.FileMode // of the file before it was opened, see Widened

	mu     sync.Mutex
	wake   *sync.Cond // next has something to write, or closed was set
	next   *batch
	closed bool
}

type syncWriter interface {
	io.WriteCloser
	Sync() error
}

// batch is what one write and sync bring to disk.
type batch struct {
	lines []byte
	done  chan struct{}
	err   error // valid once done is closed
}

// maxKept is the largest buffer that is used again.
const maxKept = 4 << 20

// ErrArchiveClosed is what Append returns after Close.
var ErrArchiveClosed = errors.New("the file is closed")

// OpenArchive opens a file to append events to. A file that does not exist is
// created, for the user alone: events name people. If other users can read the file,
// their rights are removed, see [Archive.Widened]. A last line that a crash has torn
// gets its end, and stays.
func OpenArchive(path string) (*Archive, error) {
	out, torn, widened, err := openAppend(path)
	if err != nil {
		return nil, err
	}
	a := &Archive{name: path, out: out, widened: widened}
	if file, regular := out.(*os.File); regular {
		a.reopen = (&rotation{path: path, file: file}).next
	}
	return a.start(torn), nil
}

// Widened returns the mode that the file had if other users could read or write it, and
// 0 otherwise. Their rights were removed.
func (a *Archive) Widened() fs.FileMode { return a.widened }

// rotation finds out whether a file is still the one at its path.
type rotation struct {
	path string
	file *os.File
}

func (r *rotation) next() (syncWriter, bool, error) {
	now, err := os.Stat(r.path)
	switch {
	case err == nil && !now.Mode().IsRegular():
		return nil, false, errors.New("it is no longer a regular file")
	case err == nil:
		if open, openErr := r.file.Stat(); openErr == nil && os.SameFile(now, open) {
			return nil, false, nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	}
	out, torn, _, err := openAppend(r.path)
	if file, regular := out.(*os.File); err == nil && regular {
		r.file = file
	}
	return out, torn, err
}

// openAppend opens a file, and reports whether it ends within a line. It removes the
// rights of other users on a regular file; widened is then the mode that it had.
func openAppend(path string) (out syncWriter, torn bool, widened fs.FileMode, err error) {
	const flags = os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, flags, 0)
		if err != nil {
			return nil, false, 0, cannotOpen(err)
		}
		return unsynced{file}, false, 0, nil
	}
	file, widened, err := files.OpenPrivate(path, flags)
	if err != nil {
		return nil, false, 0, cannotOpen(err)
	}
	torn, err = endsTorn(path)
	if err != nil {
		file.Close()
		return nil, false, 0, failure.New(failure.Failure, "cannot read the end of the events file: %w", err)
	}
	return file, torn, widened, nil
}

func cannotOpen(err error) error {
	return failure.New(failure.Failure, "cannot open the events file: %w", err).WithHints(files.Advice(err))
}

func (a *Archive) start(torn bool) *Archive {
	a.done, a.next = make(chan struct{}), &batch{done: make(chan struct{})}
	a.wake = sync.NewCond(&a.mu)
	go a.commit(torn)
	return a
}

// unsynced is a device or a pipe, which has nothing to sync.
type unsynced struct{ io.WriteCloser }

func (unsynced) Sync() error { return nil }

func endsTorn(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, info.Size()-1)
	return last[0] != '\n', err
}

// Append saves a record, and returns when it is on disk.
func (a *Archive) Append(record Record) error {
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return ErrArchiveClosed
	}
	mine := a.next
	mine.lines = record.appendLine(mine.lines)
	a.mu.Unlock()
	a.wake.Signal()
	<-mine.done
	return mine.err
}

// AppendFailure saves that a record was not answered 2xx, and why. It does not wait for
// the disk.
func (a *Archive) AppendFailure(id string, status int, reason string) {
	a.mu.Lock()
	if !a.closed {
		a.next.lines = appendFailure(a.next.lines, id, status, reason)
	}
	a.mu.Unlock()
	a.wake.Signal()
}

// commit writes batches until Close. Torn is set if the file ends within a line.
func (a *Archive) commit(torn bool) {
	defer close(a.done)
	var spare []byte
	for {
		a.mu.Lock()
		for len(a.next.lines) == 0 && !a.closed {
			a.wake.Wait()
		}
		full := a.next
		a.next = &batch{lines: spare, done: make(chan struct{})}
		a.mu.Unlock()
		if len(full.lines) == 0 {
			return
		}
		torn, full.err = a.write(full.lines, torn)
		if spare = full.lines[:0]; cap(spare) > maxKept {
			spare = nil
		}
		close(full.done)
	}
}

func (a *Archive) write(lines []byte, torn bool) (stillTorn bool, err error) {
	if a.reopen != nil {
		out, tornThere, err := a.reopen()
		if err != nil {
			return torn, a.failed(err)
		}
		if out != nil {
			_ = a.out.Close() // everything that was confirmed is on disk
			a.out, torn = out, tornThere
		}
	}
	if torn {
		if _, err := a.out.Write([]byte{'\n'}); err != nil {
			return true, a.failed(err)
		}
	}
	if _, err := a.out.Write(lines); err != nil {
		return true, a.failed(err)
	}
	if err := a.out.Sync(); err != nil {
		return false, a.failed(err)
	}
	return false, nil
}

func (a *Archive) failed(err error) error {
	return fmt.Errorf("cannot save to %s: %w", a.name, files.Reason(err))
}

// Close waits until what was appended is on disk, and closes the file. It may be
// called twice.
func (a *Archive) Close() error {
	a.mu.Lock()
	closed := a.closed
	a.closed = true
	a.mu.Unlock()
	a.wake.Signal()
	<-a.done
	if closed {
		return nil
	}
	if err := a.out.Close(); err != nil {
		return a.failed(err)
	}
	return nil
}
