package relay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// spool keeps messages on disk until their engine has them. A message is durable when
// append returns without an error. Messages that arrive during a write are written
// together next, with one write and one sync.
//
// The messages are in files, the segments. A segment is deleted when all of its
// messages are acknowledged. The file "position" has the position of the first
// message that is not acknowledged. It is written without a sync, so after a crash
// some messages are sent again.
type spool struct {
	folder     string
	budget     *budget
	segmentMax int64
	now        func() time.Time

	pending atomic.Int64  // messages that are not acknowledged
	oldest  atomic.Int64  // when the first of them arrived, in nanoseconds since 1970; 0 if not known
	more    chan struct{} // has an element when there may be something to read
	done    chan struct{} // closed after the last write

	mu       sync.Mutex
	wake     *sync.Cond // next has something to write, or closed was set
	next     *batch
	writing  bool
	closed   bool
	segments []*segment // in order
	live     *segment   // the newest segment while it is being written, else nil
	number   uint64     // of the newest segment
	offset   int64      // end of the acknowledged part of the first segment
	position *os.File
}

// segment is a file of the spool.
type segment struct {
	number uint64
	file   *os.File
	size   int64 // end of the durable part
	used   int64 // bytes of the budget that it uses
}

// batch has the messages that one write and one sync make durable.
type batch struct {
	frames []byte
	count  int64
	done   chan struct{}
	err    error // valid once done is closed
}

// budget bounds the size of all spools in a folder, in bytes.
type budget struct {
	most int64
	used atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) > b.most {
		b.used.Add(-n)
		return false
	}
	return true
}

// errSpoolFull is the error for a message for which the spool has no room.
var errSpoolFull = errors.New("the spool is full")

var errSpoolClosed = errors.New("the spool is closed")

const (
	segmentSize = 16 << 20
	// maxSpare is the largest buffer that is reused, in bytes.
	maxSpare = 4 << 20
)

// openSpool opens the spool in a folder, which is created if it does not exist. It
// counts the messages of an earlier run. Damage is called for each part that cannot
// be read.
func openSpool(folder string, b *budget, damage func(file string, bytes int64)) (*spool, error) {
	s := &spool{
		folder: folder, budget: b, segmentMax: min(segmentSize, max(b.most/8, 64<<10)), now: time.Now,
		more: make(chan struct{}, 1), done: make(chan struct{}), next: &batch{done: make(chan struct{})},
	}
	s.wake = sync.NewCond(&s.mu)
	err := files.MakeFolder(folder)
	if err == nil {
		err = s.load(damage)
	}
	if err != nil {
		s.closeFiles()
		return nil, failure.New(failure.Failure, "cannot open the spool: %w", err).WithHints(files.Advice(err))
	}
	nudge(s.more)
	go s.commit()
	return s, nil
}

// append adds a message, and returns when it is durable.
func (s *spool) append(m *message) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errSpoolClosed
	}
	mine := s.next
	before := len(mine.frames)
	frames, err := appendFrame(mine.frames, m, s.now())
	if err == nil && !s.budget.take(int64(len(frames)-before)) {
		err = errSpoolFull
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	mine.frames = frames
	mine.count++
	s.pending.Add(1) // before the answer: later messages must wait behind this one
	s.mu.Unlock()
	s.wake.Signal()
	<-mine.done
	return mine.err
}

// commit writes batches until the spool is closed.
func (s *spool) commit() {
	defer close(s.done)
	var spare []byte
	for {
		s.mu.Lock()
		for len(s.next.frames) == 0 && !s.closed {
			s.wake.Wait()
		}
		full := s.next
		s.next = &batch{frames: spare, done: make(chan struct{})}
		s.writing = true
		live := s.live
		s.mu.Unlock()
		if len(full.frames) == 0 {
			return
		}
		live, full.err = s.write(live, full.frames)
		s.committed(live, full)
		if spare = full.frames[:0]; cap(spare) > maxSpare {
			spare = nil
		}
		close(full.done)
	}
}

// write writes and syncs frames, in the live segment or in a new one.
func (s *spool) write(live *segment, frames []byte) (*segment, error) {
	if live == nil {
		var err error
		if live, err = s.create(); err != nil {
			return nil, err
		}
	}
	_, err := live.file.WriteAt(frames, live.size)
	if err == nil {
		err = files.Sync(live.file)
	}
	if err != nil {
		_ = live.file.Truncate(live.size) // if that fails, the reader still stops at the size
		return live, withoutPath(err)
	}
	return live, nil
}

// create creates the next segment; its name becomes durable last.
func (s *spool) create() (*segment, error) {
	s.mu.Lock()
	s.number++
	number := s.number
	s.mu.Unlock()
	file, err := os.OpenFile(s.path(number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, withoutPath(err)
	}
	if err := files.SyncFolder(s.folder); err != nil {
		file.Close()
		os.Remove(file.Name())
		return nil, withoutPath(err)
	}
	return &segment{number: number, file: file}, nil
}

// committed notes the outcome of a batch. After a failure nothing more is added to
// its segment, because the content of the file after size is not known.
func (s *spool) committed(live *segment, b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = false
	if live != nil && live != s.live {
		s.segments = append(s.segments, live)
		s.live = live
	}
	if b.err != nil {
		s.pending.Add(-b.count)
		s.budget.used.Add(-int64(len(b.frames)))
		s.live = nil
		s.forgetLocked()
		return
	}
	live.size += int64(len(b.frames))
	live.used += int64(len(b.frames))
	if live.size >= s.segmentMax {
		s.live = nil
	}
	nudge(s.more)
}

func (s *spool) path(number uint64) string {
	return filepath.Join(s.folder, fmt.Sprintf("%016d%s", number, segmentSuffix))
}

const segmentSuffix = ".segment"

// close closes the spool. Its messages stay on disk.
func (s *spool) close() {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	s.wake.Signal()
	<-s.done
	if !closed {
		s.closeFiles()
	}
}

func (s *spool) closeFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, segment := range s.segments {
		segment.file.Close()
	}
	if s.position != nil {
		s.position.Close()
	}
}

// withoutPath returns an error without the names of files, which the log has in other
// attributes.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
