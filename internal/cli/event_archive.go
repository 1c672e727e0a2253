package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
)

// closeTime is how long the last events may take to the disk.
const closeTime = 5 * time.Second

// openArchive opens the file that events are saved to, for this process alone;
// no path gives no archive. What it returns to close it may be called twice.
func (a *app) openArchive(ctx context.Context, path string) (*webhook.Archive, func() error, error) {
	if path == "" {
		return nil, func() error { return nil }, nil
	}
	unlock, err := a.lockFile(path)
	if err != nil {
		return nil, nil, err
	}
	// A pipe opens when somebody reads it.
	archive, err := await(ctx, func() (*webhook.Archive, error) { return webhook.OpenArchive(path) })
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return archive, sync.OnceValue(func() error {
		defer unlock()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		_, err := await(limited, func() (struct{}, error) { return struct{}{}, archive.Close() })
		if errors.Is(err, context.DeadlineExceeded) {
			return failure.New(failure.Failure, "save to %s: the last events are not written; nothing takes them", path)
		}
		return err
	}), nil
}

// lockFile keeps a second process from appending to the same file. The lock is
// in the state folder: beside the file it would be litter, and on the file itself
// it would keep this process from writing on some systems. A device or a pipe is
// not locked.
func (a *app) lockFile(path string) (unlock func(), err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return func() {}, nil
	}
	state := config.KnownDirs(a.env.Getenv).State
	if state == "" { // there is no place for a lock that all processes know
		return func() {}, nil
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, failure.New(failure.Failure, "%w", err)
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	name := sha256.Sum256([]byte(full))
	unlock, err = tryLock(filepath.Join(state, "locks", hex.EncodeToString(name[:16])+".lock"))
	if err == nil && unlock == nil {
		err = failure.New(failure.Failure, "another process saves events to %s", path).WithHint("name another file with --save")
	}
	return unlock, err
}

// tryLock takes the lock of a file, which it makes, and returns how to give it
// free; nil where another process has it. The system gives it free when the
// process ends, however it does.
func tryLock(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, failure.New(failure.Failure, "lock %s: %w", path, err)
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, failure.New(failure.Failure, "lock %s: %w", path, err)
	}
	if !held {
		_ = lock.Close()
		return nil, nil
	}
	return func() { _ = lock.Close() }, nil
}
