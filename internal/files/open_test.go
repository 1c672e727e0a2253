package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/files"
)

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

func TestOpen(t *testing.T) {
	t.Parallel()
	if _, err := files.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := files.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	file, err := files.Open(os.DevNull)
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
