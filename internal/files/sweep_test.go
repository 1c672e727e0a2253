package files_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/files"
)

// leave creates a temporary file like one that a killed process leaves.
func leave(t *testing.T, folder, content string, age time.Duration) string {
	t.Helper()
	path := filepath.Join(folder, ".sesctl-"+rand.Text()+".tmp")
	write(t, path, content, 0o600)
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSweep(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, filepath.Join(folder, ".sesctl-mine"), "of the user", 0o600)
	if err := os.Mkdir(filepath.Join(folder, ".sesctl-"+rand.Text()+".tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	left := []string{leave(t, folder, "old", 2*time.Hour), leave(t, folder, "", 2*time.Hour)}
	if runtime.GOOS != "windows" {
		left = append(left, leave(t, folder, "https://hooks.example.com/?token=s3cret", 0))
	}
	empty, held := leave(t, folder, "", 0), leave(t, folder, "somebody is writing it", 0)
	lock, err := files.TryLock(held)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.WritePrivate(filepath.Join(folder, "plan.json"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	for _, path := range left {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was not removed: %v", path, err)
		}
	}
	for _, path := range []string{empty, held, filepath.Join(folder, ".sesctl-mine")} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is gone: %v", path, err)
		}
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	files.Sweep(folder)
	if _, err := os.Stat(held); runtime.GOOS != "windows" && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was not removed after its lock was released: %v", held, err)
	}
}

// TestManyWriters checks that several writers at once write complete files, and do
// not remove each other's temporary files.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "plan.json")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			content := bytes.Repeat([]byte{byte('a' + i)}, 100<<10)
			for range 20 {
				if err := files.WritePrivate(path, content); err != nil && runtime.GOOS != "windows" {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := os.ReadFile(path)
	if err != nil || len(got) != 100<<10 || len(bytes.Trim(got, string(got[:1]))) != 0 {
		t.Errorf("the file was not written by one writer alone: %d bytes, %v", len(got), err)
	}
	checkNames(t, folder, "plan.json")
}
