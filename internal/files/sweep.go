package files

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The name of a temporary file has a fixed form. So it can be recognised after its
// process was killed.
const (
	temporaryPrefix = ".sesctl-"
	temporarySuffix = ".tmp"
	temporaryLength = len(temporaryPrefix) + 26 + len(temporarySuffix) // 26: of rand.Text
)

// unlocked is the age after which a temporary file counts as left over, if its lock
// cannot show whether a process is still writing it.
const unlocked = time.Hour

// Sweep removes the temporary files in a folder that [Write] and [WritePrivate] left
// because their process was killed. Files that another process is still writing stay.
// It returns no errors, because the next Sweep tries again.
func Sweep(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		isTemporary := len(name) == temporaryLength && strings.HasPrefix(name, temporaryPrefix) && strings.HasSuffix(name, temporarySuffix)
		if path := filepath.Join(folder, name); isTemporary && entry.Type().IsRegular() && isLeft(path) {
			_ = os.Remove(path)
		}
	}
}

// claim locks a temporary file for its writer, except on Windows: there the lock
// would prevent the writer itself from writing.
func claim(path string) (release func()) {
	if runtime.GOOS == "windows" {
		return func() {}
	}
	lock, err := TryLock(path)
	if err != nil {
		return func() {}
	}
	return func() { _ = lock.Release() }
}

// isLeft reports whether no process is still writing a temporary file. A file is
// locked before it has content, so an empty file may be about to be locked.
func isLeft(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	old := time.Since(info.ModTime()) > unlocked
	if old || info.Size() == 0 || runtime.GOOS == "windows" {
		return old
	}
	locked, err := Locked(path)
	return err == nil && !locked
}
