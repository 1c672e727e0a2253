package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/sesctl/sesctl/internal/failure"
)

// format is the version of the layout below, stored in the file.
const format = "1"

// The layout: bucket "emulator" with "format" and "account-url"; bucket
// "senders", address to sender in JSON; bucket "urls", address to callback URL.
const (
	bucketMeta    = "emulator"
	bucketSenders = "senders"
	bucketURLs    = "urls"
	keyFormat     = "format"
	keyAccountURL = "account-url"
)

// lockPoll is how often a file that another process holds is tried again.
const lockPoll = 10 * time.Millisecond

var errNotState = errors.New("it is not a state file of the emulator")

// stateFile is a state on disk, held for this process alone while it is open.
type stateFile struct {
	path string
	db   *bbolt.DB // nil when closed
}

// openStateFile opens a state file, or creates it with the state fresh. An
// existing file is only read.
func openStateFile(ctx context.Context, path string, wait time.Duration, fresh state) (*stateFile, state, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, state{}, failure.New(failure.Failure, "the folder of the state file %s cannot be created: %w", path, bare(err)).
			WithHint("name another state file")
	}
	db, err := openDB(ctx, path, wait)
	if err != nil {
		return nil, state{}, err
	}
	stored, err := readState(db)
	if errors.Is(err, errEmpty) {
		stored = fresh
		err = guard(func() error { return db.Update(func(tx *bbolt.Tx) error { return writeFresh(tx, fresh) }) })
	}
	if err != nil {
		_ = closeDB(db)
		return nil, state{}, stateError(path, err)
	}
	return &stateFile{path: path, db: db}, stored, nil
}

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

var errEmpty = errors.New("it is empty")

// readState reads a whole state; errEmpty where none was written yet.
func readState(db *bbolt.DB) (state, error) {
	out := newState()
	err := guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			meta := tx.Bucket([]byte(bucketMeta))
			if meta == nil {
				if first, _ := tx.Cursor().First(); first == nil {
					return errEmpty
				}
				return errNotState
			}
			if got := string(meta.Get([]byte(keyFormat))); got != format {
				return fmt.Errorf("it has format %s, and this sesctl knows format %s", quote(got), format)
			}
			senders, urls := tx.Bucket([]byte(bucketSenders)), tx.Bucket([]byte(bucketURLs))
			if senders == nil || urls == nil {
				return errors.New("it is damaged: a part is missing")
			}
			out.url = string(meta.Get([]byte(keyAccountURL)))
			if err := urls.ForEach(func(address, url []byte) error {
				out.urls[string(address)] = string(url)
				return nil
			}); err != nil {
				return err
			}
			return senders.ForEach(func(address, encoded []byte) error {
				var s sender
				if err := json.Unmarshal(encoded, &s); err != nil {
					return fmt.Errorf("it is damaged: sender address %s: %w", quote(string(address)), err)
				}
				out.senders[string(address)] = s
				return nil
			})
		})
	})
	return out, err
}

func writeFresh(tx *bbolt.Tx, fresh state) error {
	meta, err := tx.CreateBucket([]byte(bucketMeta))
	if err != nil {
		return err
	}
	for _, name := range []string{bucketSenders, bucketURLs} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	for address, s := range fresh.senders {
		if err := writeChange(tx, change{kind: putSender, address: address, sender: s}); err != nil {
			return err
		}
	}
	return meta.Put([]byte(keyFormat), []byte(format))
}

func (f *stateFile) write(c change) error {
	if f.db == nil {
		return errClosed
	}
	err := guard(func() error { return f.db.Update(func(tx *bbolt.Tx) error { return writeChange(tx, c) }) })
	if err != nil {
		return fmt.Errorf("the state file cannot be written: %w", bare(err))
	}
	return nil
}

func writeChange(tx *bbolt.Tx, c change) error {
	meta, senders, urls := tx.Bucket([]byte(bucketMeta)), tx.Bucket([]byte(bucketSenders)), tx.Bucket([]byte(bucketURLs))
	address := []byte(c.address)
	switch c.kind {
	case putSender:
		encoded, err := json.Marshal(c.sender)
		if err != nil {
			return err
		}
		return senders.Put(address, encoded)
	case deleteSender:
		if err := urls.Delete(address); err != nil {
			return err
		}
		return senders.Delete(address)
	case putURL:
		return urls.Put(address, []byte(c.url))
	case deleteURL:
		return urls.Delete(address)
	default: // putAccountURL
		return meta.Put([]byte(keyAccountURL), []byte(c.url))
	}
}

func (f *stateFile) close() error {
	if f.db == nil {
		return nil
	}
	err := closeDB(f.db)
	f.db = nil
	if err != nil {
		return failure.New(failure.Failure, "the state file %s cannot be closed: %w", f.path, bare(err))
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
