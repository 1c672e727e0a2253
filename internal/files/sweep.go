package files

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A temporary file has a name of its own, so that it can be recognised after the
// process that made it was killed.
const (
	temporaryPrefix = ".sesctl-"
	temporarySuffix = ".tmp"
	temporaryLength = len(temporaryPrefix) + 26 + len(temporarySuffix) // 26: of rand.Text
)

// unlocked is how old a temporary file must be before it counts as left, if its
// lock cannot show that somebody is still writing it.
const unlocked = time.Hour

// Sweep removes from a folder what [Write] and [WritePrivate] left there because
// their process was killed. Files that another process is still writing stay. It
// reports no errors: the next Sweep tries again.
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

// claim locks a temporary file for its writer, if the system can. Windows cannot:
// a lock would keep the writer itself from writing.
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

// isLeft reports whether nobody writes a temporary file any more. A file is locked
// before it has any content, so an empty one may be about to be locked.
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
