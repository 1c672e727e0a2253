package files_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/files"
)

func write(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // independent of the umask
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, content)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != mode {
		t.Errorf("%s has mode %v, want %v", path, info.Mode(), mode)
	}
}

// checkNames compares the names in a folder, and so checks that no temporary file is
// left.
func checkNames(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

func TestWritePrivate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "plan.json")
	for _, content := range []string{"first", "", "third"} {
		if err := files.WritePrivate(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path, content, 0o600)
	}
	write(t, path, "wide", 0o644)
	if err := files.WritePrivate(path, []byte("narrow")); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "narrow", 0o600)
	checkNames(t, folder, "plan.json")
}

func TestWriteKeepsTheMode(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "report.xml")
	if err := files.Write(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "new", 0o600)
	write(t, path, "old", 0o640)
	if err := files.Write(path, []byte("again"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "again", 0o640)
	checkNames(t, folder, "report.xml")
}

func TestWriteFollowsLinks(t *testing.T) {
	t.Parallel()
	folder, other := t.TempDir(), t.TempDir()
	link, target := filepath.Join(folder, "link"), filepath.Join(other, "target")
	write(t, target, "old", 0o600)
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	for _, f := range []func() error{
		func() error { return files.WritePrivate(link, []byte("new")) },
		func() error { return files.Write(link, []byte("new"), 0o600) },
	} {
		write(t, target, "old", 0o600)
		if err := f(); err != nil {
			t.Fatal(err)
		}
		checkFile(t, target, "new", 0o600)
	}
	checkFile(t, link, "new", fs.ModeSymlink|0o777)
	checkNames(t, other, "target")
}

func TestWriteToWhatIsNotAFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := files.WritePrivate(folder, nil); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if err := files.Write(folder, nil, 0o600); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	missing := filepath.Join(folder, "missing", "plan.json")
	if err := files.WritePrivate(missing, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("no folder: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := files.WritePrivate(os.DevNull, nil); err == nil || !strings.Contains(err.Error(), "it is not a regular file") {
		t.Errorf("a device: %v", err)
	}
	if err := files.Write(os.DevNull, []byte("x"), 0o600); err != nil {
		t.Errorf("a device can be written to: %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no device that is always full")
	}
	err := files.Write("/dev/full", []byte("x"), 0o600)
	if err == nil || !strings.Contains(files.Advice(err), "make room") {
		t.Errorf("error %v, advice %q", err, files.Advice(err))
	}
}

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

func TestOpenPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	file, widened, err := files.OpenPrivate(path, os.O_RDWR|os.O_APPEND)
	if err != nil || widened != 0 {
		t.Fatal(widened, err)
	}
	if _, err := file.WriteString("a\n"); err != nil {
		t.Fatal(err)
	}
	file.Close()
	checkFile(t, path, "a\n", 0o600)
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []fs.FileMode{0o644, 0o660, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		file, widened, err := files.OpenPrivate(path, os.O_WRONLY|os.O_APPEND)
		if err != nil || widened != mode {
			t.Errorf("mode %v: widened %v, %v", mode, widened, err)
		}
		file.Close()
		checkFile(t, path, "a\n", 0o600)
	}
	if _, _, err := files.OpenPrivate(filepath.Join(path, "below"), os.O_RDWR); err == nil {
		t.Error("a file below a file was opened")
	}
	if _, _, err := files.OpenPrivate(os.DevNull, os.O_WRONLY); err == nil || !strings.Contains(err.Error(), "it is not a regular file") {
		t.Errorf("a device: %v", err)
	}
}

func TestOpenRegular(t *testing.T) {
	t.Parallel()
	if _, err := files.OpenRegular(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := files.OpenRegular(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	file, err := files.OpenRegular(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
}

func TestMakeFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "state", "sesctl", "loans")
	for range 2 {
		if err := files.MakeFolder(folder); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(folder)
	if err != nil || !info.IsDir() || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	file := filepath.Join(folder, "file")
	write(t, file, "", 0o600)
	if err := files.MakeFolder(filepath.Join(file, "below")); err == nil {
		t.Error("a folder below a file was made")
	}
}

// The file system of /proc cannot sync its folders, which is not an error.
func TestSyncFolder(t *testing.T) {
	t.Parallel()
	if err := files.SyncFolder(t.TempDir()); err != nil {
		t.Error(err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	folder, err := os.Open("/proc")
	if err != nil {
		t.Skip(err)
	}
	defer folder.Close()
	if folder.Sync() == nil {
		t.Skip("this system syncs /proc")
	}
	if err := files.SyncFolder("/proc"); err != nil {
		t.Errorf("a file system without a sync of folders: %v", err)
	}
	if err := files.SyncFolder("/proc/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

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

func TestSame(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	a, b, none := filepath.Join(folder, "a"), filepath.Join(folder, "b"), filepath.Join(folder, "none")
	write(t, a, "", 0o600)
	write(t, b, "", 0o600)
	if !files.Same(a, filepath.Join(folder, ".", "a")) || files.Same(a, b) || files.Same(a, none) || files.Same(none, none) {
		t.Error("Same is wrong")
	}
}
