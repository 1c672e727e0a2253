package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/webhook"
)

// hintLocks is the next step if the lock of an events file cannot be taken.
const hintLocks = "the lock of an events file is in the state folder; set XDG_STATE_HOME to use another folder"

// closeTime is how long writing the last events to disk may take.
const closeTime = 5 * time.Second

// openArchive opens the file that events are saved to, and locks it for this process.
// Without a path it returns no archive. If it is a pipe that no process reads, it waits
// for up to limit, or without a limit if it is 0. The returned close function may be
// called twice.
func (a *app) openArchive(ctx context.Context, path string, limit time.Duration) (*webhook.Archive, func() error, error) {
	if path == "" {
		return nil, func() error { return nil }, nil
	}
	unlock, err := a.lockFile(path)
	if err != nil {
		return nil, nil, err
	}
	archive, err := a.awaitReader(ctx, path, limit)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	if mode := archive.Widened(); mode != 0 {
		a.warn("other users could read %s (mode %04o); its mode is now 0600", path, mode)
	}
	return archive, sync.OnceValue(func() error {
		defer unlock()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		_, err := await(limited, func() (struct{}, error) { return struct{}{}, archive.Close() })
		if errors.Is(err, context.DeadlineExceeded) {
			return failure.New(failure.Failure, "cannot save to %s: the last events were not written in time", path)
		}
		return err
	}), nil
}

// awaitReader opens an archive. Opening a pipe waits until another process reads it.
func (a *app) awaitReader(ctx context.Context, path string, limit time.Duration) (*webhook.Archive, error) {
	opening := ctx
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		a.inform("%s is a pipe; waiting for a process to read it", path)
		if limit > 0 {
			limited, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			opening = limited
		}
	}
	archive, err := await(opening, func() (*webhook.Archive, error) { return webhook.OpenArchive(path) })
	if err != nil && opening.Err() != nil && ctx.Err() == nil {
		return nil, failure.New(failure.Failure, "cannot open the events file: no process read the pipe %s for %s", path, limit)
	}
	return archive, err
}

// lockFile prevents a second process from appending to the same file. The lock is a
// separate file in the state folder: next to the events file it would be in the way, and
// on some systems a lock on the events file itself would prevent this process from
// writing. Devices and pipes are not locked.
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
	folder := filepath.Join(state, "locks")
	if err := files.MakeFolder(folder); err != nil {
		return nil, failure.New(failure.Failure, "cannot lock %s: %w", path, err).WithHints(files.Advice(err), hintLocks)
	}
	lock, err := files.TryLock(filepath.Join(folder, hex.EncodeToString(name[:16])+".lock"))
	switch {
	case errors.Is(err, files.ErrLocked):
		return nil, failure.New(failure.Failure, "cannot save to %s: another process saves events to it", path).WithHint("name another file with --save")
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot lock %s: %w", path, err).WithHints(files.Advice(err), hintLocks)
	}
	return func() { _ = lock.Release() }, nil
}
