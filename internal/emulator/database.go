package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/sesctl/sesctl/internal/failure"
)

// lockPoll is how often a file that another process holds is tried again.
const lockPoll = 10 * time.Millisecond

// openDB opens and locks the database at path, and waits where another process
// holds it.
func openDB(ctx context.Context, path string, wait time.Duration) (*bbolt.DB, error) {
	deadline := time.Now().Add(wait)
	for {
		db, err := tryOpenDB(path)
		switch {
		case err == nil:
			return db, nil
		case !errors.Is(err, berrors.ErrTimeout):
			return nil, stateError(path, err)
		case time.Now().After(deadline):
			return nil, failure.New(failure.Failure, "the state file %s is held by another process (waited %s)", path, wait).
				WithHint("another sesctl has it open, perhaps \"sesctl emulator serve\": stop it, or name another state file")
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the state file %s: %w", path, context.Cause(ctx))
		case <-time.After(lockPoll):
		}
	}
}

// tryOpenDB opens the database once; berrors.ErrTimeout says that another
// process holds it.
func tryOpenDB(path string) (*bbolt.DB, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	var file *os.File
	var db *bbolt.DB
	err := guard(func() error {
		var err error
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: time.Nanosecond, // try once: bbolt's own wait knows no context
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				var err error
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
			NoStatistics: true,
		})
		return err
	})
	if err != nil {
		if file != nil {
			_ = file.Close() // still open where bbolt panicked
		}
		return nil, err
	}
	// Between opening and locking, "emulator reset" may have removed the file:
	// then this is a lock on nothing, to be tried again.
	if !samePath(path, file) {
		_ = closeDB(db)
		return nil, berrors.ErrTimeout
	}
	return db, nil
}

func samePath(path string, file *os.File) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(opened, there)
}

// checkFile refuses what cannot be a state file before it is opened: opening a
// pipe would wait, and a user who may do everything may write where the mode
// says otherwise.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Mode().Perm()&0o200 == 0:
		return errors.New("it is read-only")
	}
	return nil
}

func closeDB(db *bbolt.DB) error { return guard(db.Close) }

// guard turns the panics of bbolt on damaged files into errors, and so the
// faults of reading pages that a shortened file does not have any more.
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

// stateError says which file cannot be used, why, and what to do.
func stateError(path string, err error) *failure.Error {
	reason := bare(err)
	for _, known := range []error{berrors.ErrInvalid, berrors.ErrVersionMismatch, berrors.ErrChecksum} {
		if errors.Is(err, known) {
			reason = fmt.Errorf("%w (%w)", errNotState, known)
		}
	}
	failed := failure.New(failure.Failure, "the state file %s cannot be used: %w", path, reason)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return failed.WithHint("make it readable and writable for you, or name another state file")
	default:
		return failed.WithHint("name another state file, or move this one away to begin with a fresh state")
	}
}

// bare takes the operation and the path off an error of package os, where the
// message names the file already.
func bare(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
