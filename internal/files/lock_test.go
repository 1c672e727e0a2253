package files_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/files"
)

func TestLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.lock")
	if _, err := files.Locked(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	lock, err := files.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "", 0o600)
	if _, err := files.TryLock(path); !errors.Is(err, files.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("held: %v", err)
	}
	if locked, err := files.Locked(path); !locked || err != nil {
		t.Errorf("held: %v, %v", locked, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := files.WaitLock(ctx, path, files.Shared); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("held: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if locked, err := files.Locked(path); locked || err != nil {
		t.Errorf("released: %v, %v", locked, err)
	}
	one, err := files.WaitLock(t.Context(), path, files.Shared)
	if err != nil {
		t.Fatal(err)
	}
	two, err := files.WaitLock(t.Context(), path, files.Shared)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.TryLock(path); !errors.Is(err, files.ErrLocked) {
		t.Errorf("shared: %v", err)
	}
	if err := errors.Join(one.Release(), two.Release()); err != nil {
		t.Fatal(err)
	}
	last, err := files.WaitLock(t.Context(), path, files.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	last.Release()
	if _, err := files.TryLock(filepath.Join(t.TempDir(), "none", "a.lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
