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

// spool keeps messages on disk until their engine has them. A message is on disk
// when append returns without an error. Messages that come while others are being
// written go to disk together, with one write and one sync.
//
// The messages are in segments, files that are deleted once all that they hold was
// acknowledged. How far that has come is in the file "position", which is
// written without a sync: after a crash some messages are sent again.
type spool struct {
	folder     string
	budget     *budget
	segmentMax int64
	now        func() time.Time

	pending atomic.Int64  // messages that are not acknowledged
	oldest  atomic.Int64  // when the first of them came, in nanoseconds since 1970; 0 when not known
	more    chan struct{} // has an element when there may be something to read
	done    chan struct{} // closed when nothing is written any more

	mu       sync.Mutex
	wake     *sync.Cond // next has something to write, or closed was set
	next     *batch
	writing  bool
	closed   bool
	segments []*segment // in order
	live     *segment   // the last one while it is written to, else nil
	number   uint64     // of the newest segment
	offset   int64      // up to where the first segment is acknowledged
	position *os.File
}

// segment is a file of the spool.
type segment struct {
	number uint64
	file   *os.File
	size   int64 // up to where it is on disk
	used   int64 // what it takes of the budget
}

// batch is what one write and sync bring to disk.
type batch struct {
	frames []byte
	count  int64
	done   chan struct{}
	err    error // valid once done is closed
}

// budget bounds what all spools of a folder take, in bytes.
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

// errSpoolFull is the reason of a message that the spool has no room for.
var errSpoolFull = errors.New("the spool is full")

var errSpoolClosed = errors.New("the spool is closed")

const (
	segmentSize = 16 << 20
	// maxSpare is the largest buffer that is used again.
	maxSpare = 4 << 20
)

// openSpool opens the spool in a folder, which is created when it is not there. It
// counts what was left there. Damage is called for what cannot be read.
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
		return nil, failure.New(failure.Failure, "open the spool: %w", err)
	}
	nudge(s.more)
	go s.commit()
	return s, nil
}

// append keeps a message, and returns when it is on disk.
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
	s.pending.Add(1) // before anybody is answered: what comes later has to wait behind it
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

// write brings frames to disk, in the live segment or in a new one.
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

// create makes the next segment, and its entry in the folder last.
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

// committed notes the outcome of a batch. After a failure nothing is added to its
// segment any more: what the disk holds behind the size is not known.
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
		s.forget()
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

// close ends the spool. What it holds stays.
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

// withoutPath is an error without the names of files, which the log has in other
// attributes.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
