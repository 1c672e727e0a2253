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
