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

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
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

// lockFile keeps a second process from appending to the same file. The lock is a file
// in the state folder. Beside the file for events it would be litter, and a lock of that
// file itself would keep this process from writing on some systems. A device or a pipe
// is not locked.
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
		return nil, failure.New(failure.Failure, "cannot lock %s: %w", path, err).WithHints(files.Advice(err))
	}
	lock, err := files.TryLock(filepath.Join(folder, hex.EncodeToString(name[:16])+".lock"))
	switch {
	case errors.Is(err, files.ErrLocked):
		return nil, failure.New(failure.Failure, "cannot save to %s: another process saves events to it", path).WithHint("name another file with --save")
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot lock %s: %w", path, err).WithHints(files.Advice(err))
	}
	return func() { _ = lock.Release() }, nil
}
