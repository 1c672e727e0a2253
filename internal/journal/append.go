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

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// Begin writes an entry before its change is sent, and returns the id of the
// entry. When it returns, the entry is durable. The journal sets the id, the time
// and the outcome. If Begin fails, the change must not be sent.
func (j *Journal) Begin(ctx context.Context, e Entry) (id string, err error) {
	e.Time = j.timestamp()
	return j.append(ctx, beginRecord(e))
}

// End writes the outcome of an entry. It does not wait for the disk: the record
// survives the end of the process, but a crash of the machine can lose it. Then
// the entry stays pending and is settled by reading. The last end of an entry
// counts.
func (j *Journal) End(ctx context.Context, id string, outcome Outcome, requestID string) error {
	return j.end(ctx, id, outcome, requestID, "")
}

// Steps records that the change of an entry will be made in two steps: a deletion
// and a creation. If the process is killed between them, the target has no
// callback, and [Journal.Settle] reports the entry as cut off. When Steps returns,
// the record is durable. If it fails, the callback must not be deleted.
func (j *Journal) Steps(ctx context.Context, id string) error {
	_, err := j.append(ctx, record{Op: opSteps, ID: id, Time: j.timestamp(), Outcome: Pending})
	return err
}

func (j *Journal) end(ctx context.Context, id string, outcome Outcome, requestID, note string) error {
	_, err := j.append(ctx, record{Op: opEnd, ID: id, Time: j.timestamp(), Outcome: outcome, RequestID: requestID, Note: note})
	return err
}

// append writes a record and returns its id.
func (j *Journal) append(ctx context.Context, rec record) (id string, err error) {
	if err := ctx.Err(); err != nil {
		return "", j.fail("write", context.Cause(ctx))
	}
	own := &request{record: rec, done: make(chan struct{})}
	j.queue.add(own)
	select {
	case <-own.done:
	case j.queue.turn <- struct{}{}:
		runtime.Gosched() // so that records that others are about to add are written with this one
		f, begins := j.flush(ctx, own)
		<-j.queue.turn
		j.sync(f, begins)
	case <-ctx.Done():
		if j.queue.withdraw(own) {
			return "", j.fail("write", context.Cause(ctx))
		}
	}
	<-own.done
	if own.err != nil {
		return "", j.fail("write", own.err)
	}
	return own.record.ID, nil
}

// Ready fails if an entry could not be written now: the folder cannot be created,
// the lock cannot be taken, or the disk is full, read-only or faulty. It creates the
// file, but writes no entry.
func (j *Journal) Ready(ctx context.Context) error {
	unlock, err := j.lockForWriting(ctx)
	if err != nil {
		return j.fail("write", err)
	}
	f, err := j.openFile()
	if err == nil {
		var run string
		if run, err = j.startRunLocked(); err == nil {
			err = probe(j.runPath(run))
		}
		err = errors.Join(err, f.Close())
	}
	if err := errors.Join(err, unlock()); err != nil {
		return j.fail("write", err)
	}
	return nil
}

// probe writes a block into the lock file of a run and syncs it, because a full disk
// still creates an empty file, and some file systems report errors only then. The file
// is removed when the run ends. On Windows, the lock does not allow this write.
func probe(path string) error {
	const block = 4096
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(make([]byte, block)); err == nil {
		err = files.Sync(f)
	}
	return errors.Join(err, f.Close())
}

// lockForWriting takes the lock of the file. It creates the folder if it does not
// exist.
func (j *Journal) lockForWriting(ctx context.Context) (unlock func() error, err error) {
	unlock, err = j.lock(ctx, files.Exclusive)
	if errors.Is(err, os.ErrNotExist) {
		if err = files.MakeFolder(filepath.Dir(j.path)); err == nil {
			unlock, err = j.lock(ctx, files.Exclusive)
		}
	}
	return unlock, err
}

// flush writes everything that waits, for the goroutine that has the turn. If it
// cannot get the lock, only its own request fails. The other requests have
// contexts of their own and try again. The begins that flush returns are not
// durable yet; nobody waits for the disk with the turn or the lock.
func (j *Journal) flush(ctx context.Context, own *request) (f *os.File, begins []*request) {
	if !j.queue.holds(own) { // the previous goroutine has written it
		return nil, nil
	}
	unlock, err := j.lockForWriting(ctx)
	if err != nil {
		j.queue.withdraw(own)
		finish(err, own)
		return nil, nil
	}
	batch := j.queue.takeAll()
	f, err = j.openFile()
	if err == nil {
		err = j.writeLocked(f, batch)
	}
	err = errors.Join(err, unlock())
	for _, r := range batch {
		if err == nil && r.record.Op != opEnd {
			begins = append(begins, r)
		} else {
			finish(err, r)
		}
	}
	j.unsynced.add(begins...)
	return f, begins
}

// sync waits until begins are durable. One goroutine at a time syncs the file, for
// everything that was written by then.
func (j *Journal) sync(f *os.File, begins []*request) {
	if f == nil {
		return
	}
	defer f.Close() // a record that is not synced was not confirmed
	if len(begins) == 0 {
		return
	}
	select {
	case <-begins[len(begins)-1].done:
	case j.unsynced.turn <- struct{}{}:
		runtime.Gosched() // so that records that others are about to write are synced with these
		if batch := j.unsynced.takeAll(); len(batch) > 0 {
			finish(files.Sync(f), batch...)
		}
		<-j.unsynced.turn
	}
}

// finish gives requests their outcome, and lets the goroutines that wait for them continue.
func finish(err error, requests ...*request) {
	for _, r := range requests {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
}

// writeLocked appends the records of a batch, under the lock of the file. If it
// refuses a single record, it sets the error in its request.
func (j *Journal) writeLocked(f *os.File, batch []*request) error {
	if err := j.tail.update(f); err != nil {
		return err
	}
	var out []byte
	if j.tail.torn {
		// A line that a killed process left unfinished is not changed.
		out = append(out, '\n')
	}
	for _, r := range batch {
		if r.record.Op == opBegin {
			run, err := j.startRunLocked()
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
	}
	if _, err := f.Write(out); err != nil {
		return err
	}
	j.tail.size, j.tail.torn = j.tail.size+int64(len(out)), false
	return nil
}

// openFile opens the journal for appending. It creates the file if it does not
// exist.
func (j *Journal) openFile() (*os.File, error) {
	f, widened, err := files.OpenPrivate(j.path, os.O_RDWR|os.O_APPEND)
	if widened != 0 && j.onTightened != nil {
		j.onTightened(widened)
	}
	return f, err
}

// lock takes the lock of the file.
func (j *Journal) lock(ctx context.Context, kind files.Kind) (unlock func() error, err error) {
	wait, cancel := context.WithTimeout(ctx, j.wait)
	defer cancel()
	lock, err := files.WaitLock(wait, j.path+".lock", kind)
	switch {
	case err == nil:
		return lock.Release, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case wait.Err() != nil:
		return nil, fmt.Errorf("%w, for %s so far", errBusy, j.wait)
	}
	return nil, err
}

// fail gives an error of the journal its kind, and adds the name of the file.
func (j *Journal) fail(verb string, err error) error {
	e := failure.New(failure.Failure, "cannot %s the journal %s: %w", verb, j.path, err)
	switch {
	case errors.Is(err, context.Canceled):
		e.Kind = failure.Interrupted
	case errors.Is(err, errBusy):
		return e.WithHint("wait for the other sesctl to finish, or stop it")
	case files.Advice(err) != "":
		e = e.WithHint("%s", files.Advice(err))
	}
	if e.Kind == failure.Failure && verb == "write" && !errors.Is(err, context.DeadlineExceeded) {
		return e.WithHint("every change is recorded before it is made; set XDG_STATE_HOME to keep the journal in another folder")
	}
	return e
}

// errBusy is the reason if the lock could not be taken in time.
var errBusy = errors.New("another process holds its lock")

// tail is the known state of the end of the file.
type tail struct {
	size   int64
	lastID string
	torn   bool // the last line has no end
}

// maxTail is how much of the end of a file is searched for its last id, in bytes.
const maxTail = 64 << 10

// update reads the end of the file again if another process has written to it.
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
