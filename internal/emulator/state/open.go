package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// format is the version of the layout, stored in the file.
	format = "1"
	// BucketMeta holds the format, and single values of the account.
	BucketMeta = "emulator"
	keyFormat  = "format"
	// lockPoll is the pause between attempts to lock a file that another process
	// holds.
	lockPoll = 10 * time.Millisecond
	// defaultWait is how long Open and Remove wait for a locked file by default.
	defaultWait = 5 * time.Second
)

var (
	errNotState = errors.New("it is not a state file of the emulator")
	errEmpty    = errors.New("it is empty")
)

// Open opens the state file at path, or creates it with mode 0600 (its folder with
// 0700) and with what fresh writes. While another process holds the file, it waits
// for up to wait (0 is 5 seconds). It calls check with an existing state, and returns
// its error. Errors name the file. They have kind usage if it is not a state file,
// and kind failure if it is damaged, cannot be written, or is still held by another
// process.
func Open(ctx context.Context, path string, wait time.Duration, fresh, check func(*Tx) error) (*Store, error) {
	if err := files.MakeFolder(filepath.Dir(path)); err != nil {
		return nil, failure.New(failure.Failure, "cannot create the folder of the state file %s: %w", path, files.Reason(err)).
			WithHints(files.Advice(err), "name another state file")
	}
	db, err := openDB(ctx, path, wait)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, db: db}
	err = s.View(func(tx *Tx) error {
		if err := checkFormat(tx); err != nil {
			return err
		}
		return check(tx)
	})
	if errors.Is(err, errEmpty) {
		err = s.Update(func(tx *Tx) error {
			if err := fresh(tx); err != nil {
				return err
			}
			return tx.Put(BucketMeta, keyFormat, []byte(format))
		})
	}
	if err != nil {
		_ = s.Close()
		return nil, fileError(path, err)
	}
	return s, nil
}

// checkFormat returns errEmpty if nothing was written yet.
func checkFormat(tx *Tx) error {
	if tx.bolt.Bucket([]byte(BucketMeta)) == nil {
		if first, _ := tx.bolt.Cursor().First(); first == nil {
			return errEmpty
		}
		return errNotState
	}
	if got := string(tx.Get(BucketMeta, keyFormat)); got != format {
		return fmt.Errorf("it has format %s, but this sesctl reads format %s", callback.Quote(got), format)
	}
	return nil
}

// Remove removes a state file, so that the next Open begins with a fresh state. It
// waits like Open, and refuses a file that is not a state file. A file that does not
// exist is not an error.
func Remove(ctx context.Context, path string, wait time.Duration) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := openDB(ctx, path, wait)
	if err != nil {
		return err
	}
	s := &Store{path: path, db: db}
	if err := s.View(checkFormat); errors.Is(err, errNotState) {
		_ = s.Close()
		return fileError(path, err)
	}
	// The file is removed while it is locked, so that no process loses a new state.
	// Windows cannot remove an open file: a file that another process has opened in
	// the meantime stays.
	removeErr := os.Remove(path)
	closeErr := s.Close()
	if removeErr != nil && closeErr == nil {
		removeErr = os.Remove(path)
	}
	if err := errors.Join(removeErr, closeErr); err != nil {
		return failure.New(failure.Failure, "cannot remove the state file %s: %w", path, files.Reason(err)).
			WithHint("check whether another program has it open, and whether its folder can be written")
	}
	return nil
}

// openDB opens and locks the database at path. It waits up to wait while another
// process holds the lock.
func openDB(ctx context.Context, path string, wait time.Duration) (*bbolt.DB, error) {
	if wait == 0 {
		wait = defaultWait
	}
	deadline := time.Now().Add(wait)
	for {
		db, err := tryOpenDB(path)
		switch {
		case err == nil:
			return db, nil
		case !errors.Is(err, berrors.ErrTimeout) && !errors.Is(err, syscall.EINTR): // a signal, see [files.WaitLock]
			return nil, fileError(path, err)
		case time.Now().After(deadline):
			return nil, failure.New(failure.Failure, "another process uses the state file %s (waited %s)", path, wait).
				WithHint("if 'sesctl emulator serve' uses it, act on that emulator with --endpoint URL instead of --local").
				WithHint("otherwise stop the other process, or name another state file")
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the state file %s: %w", path, context.Cause(ctx))
		case <-time.After(lockPoll):
		}
	}
}

// tryOpenDB checks and opens the database once. The error is
// berrors.ErrTimeout if another process holds it.
func tryOpenDB(path string) (*bbolt.DB, error) {
	info, err := checkFile(path)
	if err != nil {
		return nil, err
	}
	if info != nil && info.Size() > 0 {
		// The lock is shared with other readers, and keeps writers out.
		db, file, err := lockDB(path, true)
		if err != nil {
			return nil, err
		}
		err = checkPages(file)
		if closeErr := closeDB(db); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, err
		}
	}
	db, file, err := lockDB(path, false)
	if err != nil {
		return nil, err
	}
	// Between opening and locking, "emulator reset" may have removed the file. Then
	// the lock protects nothing, and the caller tries again.
	if !samePath(path, file) {
		_ = closeDB(db)
		return nil, berrors.ErrTimeout
	}
	return db, nil
}

func lockDB(path string, readOnly bool) (*bbolt.DB, *os.File, error) {
	var file *os.File
	var db *bbolt.DB
	err := guard(func() error {
		var err error
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: time.Nanosecond, // try once: bbolt's own wait ignores the context
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				var err error
				file, err = os.OpenFile(name, flag, mode)
				if err == nil && !readOnly {
					_, err = files.Tighten(file)
				}
				if err == nil { // bbolt would report a file that cannot be read as one of another kind
					err = readable(file)
				}
				return file, err
			},
			NoStatistics: true,
			ReadOnly:     readOnly,
		})
		return err
	})
	if err != nil && file != nil {
		_ = file.Close() // still open if bbolt panicked
	}
	if file != nil && !errors.Is(err, syscall.EINVAL) { // EINVAL can also be of mmap(2)
		err = files.LockError(path, err)
	}
	return db, file, err
}

// readable returns the error of reading the beginning of a file. An empty file is
// readable.
func readable(file *os.File) error {
	if _, err := file.ReadAt(make([]byte, 1), 0); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func samePath(path string, file *os.File) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(opened, there)
}

// checkFile refuses a path that cannot be a state file, before it is opened. Opening
// a pipe would wait, and root could write to a read-only file. It returns nil if the
// file does not exist.
func checkFile(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Mode().Perm()&0o200 == 0:
		return nil, errors.New("it is read-only")
	}
	return info, nil
}

func closeDB(db *bbolt.DB) error { return guard(db.Close) }

// guard returns the panics of bbolt on a damaged file as errors. It also returns
// memory faults as errors: a file that was shortened while it is open causes them.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			err = errors.New("it is damaged: a part of it cannot be read")
		default:
			err = fmt.Errorf("it is damaged: %v", p)
		}
	}()
	return f()
}

// fileError returns an error with the file that cannot be used, the reason, and the
// next step. It has kind usage if the file is not a state file, else failure.
func fileError(path string, err error) *failure.Error {
	reason, kind := files.Reason(err), failure.Failure
	for _, known := range []error{berrors.ErrInvalid, berrors.ErrVersionMismatch, berrors.ErrChecksum} {
		if errors.Is(err, known) {
			reason = fmt.Errorf("%w (%w)", errNotState, known)
		}
	}
	if errors.Is(reason, errNotState) {
		kind = failure.Usage
	}
	failed := failure.New(kind, "cannot use the state file %s: %w", path, reason)
	var number syscall.Errno
	if advice := files.Advice(err); advice != "" || errors.As(err, &number) { // moving the file away would not help, and loses the state
		return failed.WithHints(advice, "name another state file")
	}
	return failed.WithHint("name another state file, or move this one away to begin with a fresh state")
}
