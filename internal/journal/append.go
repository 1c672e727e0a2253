package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/sesctl/sesctl/internal/failure"
)

// Begin writes an entry before its change is sent, and returns its id. When it
// returns, the entry is on the disk. The id, the time and the outcome are set by
// the journal. Where Begin fails, the change must not be sent.
func (j *Journal) Begin(ctx context.Context, e Entry) (id string, err error) {
	ids, err := j.beginAll(ctx, []Entry{e})
	return ids[0], err
}

// beginAll begins entries with one wait for the disk. Where one cannot be begun
// its id is "".
func (j *Journal) beginAll(ctx context.Context, entries []Entry) (ids []string, err error) {
	records := make([]record, len(entries))
	for i, e := range entries {
		e.Time = j.timestamp()
		records[i] = beginRecord(e)
	}
	return j.append(ctx, records...)
}

// End writes what became of an entry. It survives the end of the process at
// once, and the end of the machine only later: an end that is lost there leaves
// the entry pending, to be settled by reading, so it is not worth a wait for the
// disk. The last end of an entry holds.
func (j *Journal) End(ctx context.Context, id string, outcome Outcome, requestID string) error {
	_, err := j.append(ctx, j.endRecord(id, outcome, requestID))
	return err
}

// endSoon is End for those who do not wait: the end is written with what is
// written next, or by flush. Where that fails the entry stays pending.
func (j *Journal) endSoon(id string, outcome Outcome, requestID string) {
	j.queue.add(&request{record: j.endRecord(id, outcome, requestID), done: make(chan struct{})})
}

func (j *Journal) endRecord(id string, outcome Outcome, requestID string) record {
	return record{Op: opEnd, ID: id, Time: j.timestamp(), Outcome: outcome, RequestID: requestID}
}

// append writes records together, in their order, and returns their ids, "" for
// those that were not written.
func (j *Journal) append(ctx context.Context, records ...record) (ids []string, err error) {
	ids = make([]string, len(records))
	if err := ctx.Err(); err != nil {
		return ids, j.fail("write", err)
	}
	own := make([]*request, len(records))
	for i, rec := range records {
		own[i] = &request{record: rec, done: make(chan struct{})}
	}
	last := own[len(own)-1]
	j.queue.add(own...)
	select {
	case <-last.done:
	case j.queue.turn <- struct{}{}:
		j.flush(ctx, own)
		<-j.queue.turn
	case <-ctx.Done():
		if j.queue.withdraw(own) {
			return ids, j.fail("write", ctx.Err())
		}
		<-last.done
	}
	for i, r := range own {
		if r.err == nil {
			ids[i] = r.record.ID
		} else if err == nil {
			err = j.fail("write", r.err)
		}
	}
	return ids, err
}

// flushEnds writes the ends that wait for the next entry.
func (j *Journal) flushEnds(ctx context.Context) {
	select {
	case j.queue.turn <- struct{}{}:
		j.flush(ctx, nil)
		<-j.queue.turn
	case <-ctx.Done():
	}
}

// flush writes all that waits, for the goroutine that has the turn. Where it
// cannot get the lock only its own requests fail; the others have contexts of
// their own and try for themselves.
func (j *Journal) flush(ctx context.Context, own []*request) {
	if len(own) > 0 {
		select {
		case <-own[len(own)-1].done: // the one before has written it
			return
		default:
		}
	}
	err := os.MkdirAll(filepath.Dir(j.path), 0o700)
	var unlock func() error
	if err == nil {
		unlock, err = j.lock(ctx, (*flock.Flock).TryLockContext)
	}
	if err != nil {
		j.queue.withdraw(own)
		for _, r := range own {
			r.err = err
		}
		return
	}
	batch := j.queue.takeAll()
	err = errors.Join(j.write(batch), unlock())
	for _, r := range batch {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
}

// write appends the records of a batch. The caller holds the lock. What it
// refuses by itself it marks in the request.
func (j *Journal) write(batch []*request) (err error) {
	f, err := j.openFile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := j.tail.update(f); err != nil {
		return err
	}
	var out []byte
	if j.tail.torn {
		// The line that a killed process left unfinished stays as it is.
		out = append(out, '\n')
	}
	durable := false
	for _, r := range batch {
		if r.record.Op == opBegin {
			run, err := j.startRun()
			if err != nil {
				return err
			}
			r.record.ID, r.record.Run = nextID(r.record.Time, j.tail.lastID), run
		}
		line, err := r.record.line()
		if err != nil {
			r.err = err
			continue
		}
		out = append(out, line...)
		j.tail.lastID = max(j.tail.lastID, r.record.ID)
		durable = durable || r.record.Op == opBegin
	}
	if _, err := f.Write(out); err != nil {
		return err
	}
	j.tail.size, j.tail.torn = j.tail.size+int64(len(out)), false
	if durable {
		return f.Sync()
	}
	return nil
}

// openFile opens the journal for appending, makes it where there is none, and
// takes rights away that others have on it.
func (j *Journal) openFile() (*os.File, error) {
	_, statErr := os.Stat(j.path)
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := makePrivate(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if errors.Is(statErr, os.ErrNotExist) {
		if err := syncFolder(filepath.Dir(j.path)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

func makePrivate(f *os.File) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case runtime.GOOS != "windows" && info.Mode().Perm()&^0o600 != 0:
		return f.Chmod(0o600)
	}
	return nil
}

// syncFolder makes a file that was just made last: without it the file may be
// gone after a power failure, whatever was synced of its contents.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for it there
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// lock takes the lock of the file, shared or not.
func (j *Journal) lock(ctx context.Context, try func(*flock.Flock, context.Context, time.Duration) (bool, error)) (unlock func() error, err error) {
	const pause = 2 * time.Millisecond
	wait, cancel := context.WithTimeout(ctx, j.wait)
	defer cancel()
	lock := flock.New(j.path+".lock", flock.SetPermissions(0o600))
	held, err := try(lock, wait, pause)
	switch {
	case held:
		return lock.Close, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case wait.Err() != nil:
		err = fmt.Errorf("another process has held its lock for %s", j.wait)
	}
	return nil, errors.Join(err, lock.Close())
}

// fail gives an error of the journal its kind and says which file it is about.
func (j *Journal) fail(verb string, err error) error {
	e := failure.New(failure.Failure, "cannot %s the journal %s: %w", verb, j.path, err)
	switch {
	case errors.Is(err, context.Canceled):
		e.Kind = failure.Interrupted
	case errors.Is(err, os.ErrPermission):
		return e.WithHint("every change is recorded before it is made; see that the file and its folder can be written")
	}
	return e
}

// tail is what is known about the end of the file.
type tail struct {
	size   int64
	lastID string
	torn   bool // the last line has no end
}

// maxTail is how much of the end of a file is searched for its last id.
const maxTail = 64 << 10

// update looks at the end of the file again, where someone else has written.
func (t *tail) update(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() == t.size && !t.torn {
		return nil
	}
	data := make([]byte, min(info.Size(), maxTail))
	if _, err := f.ReadAt(data, info.Size()-int64(len(data))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	t.size = info.Size()
	t.torn = len(data) > 0 && data[len(data)-1] != '\n'
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		if r, err := parseRecord(line); err == nil {
			t.lastID = max(t.lastID, r.ID)
		}
	}
	return nil
}
