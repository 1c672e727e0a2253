package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// CheckWritePath returns an error if [WritePrivate] refuses path, because something
// other than a regular file is there, such as a folder or a device. A link below /dev
// or /proc is refused too: /dev/stdout may lead to a file, but not to one that may be
// replaced.
func CheckWritePath(path string) error {
	info, err := os.Stat(path)
	absolute, _ := filepath.Abs(path)
	switch {
	case err == nil && info.IsDir():
		return named("write", path, ErrIsFolder)
	case err == nil && !info.Mode().IsRegular(), strings.HasPrefix(absolute, "/dev/"), strings.HasPrefix(absolute, "/proc/"):
		return named("write", path, ErrNotRegular)
	}
	return nil
}

// WritePrivate writes data to the file at path, in full or not at all, and returns
// when it is durable. The file is for its owner alone (mode 0600), also if there was
// one with a wider mode. A symbolic link stays, and its target is replaced.
// It refuses what [CheckWritePath] refuses.
func WritePrivate(path string, data []byte) error {
	if err := CheckWritePath(path); err != nil {
		return err
	}
	return replace(path, data, 0o600, true)
}

// Write writes data to the file at path, in full or not at all, and returns when it
// is durable. A file that exists keeps its mode. A new file gets mode, without the
// bits of the umask. A symbolic link stays, and its target is replaced. A device or a
// pipe is written to, and not replaced. It waits at most 10 seconds for the reader of a
// pipe.
func Write(path string, data []byte, mode fs.FileMode) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return named("write", path, ErrIsFolder)
	case err == nil && !info.Mode().IsRegular():
		return named("write", path, writeThrough(path, data))
	case err == nil:
		return replace(path, data, info.Mode().Perm(), true)
	}
	return replace(path, data, mode, false)
}

// writeThrough writes data to a device or a pipe.
func writeThrough(path string, data []byte) error {
	end := time.Now().Add(pipeWait)
	file, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0) // the open must not wait for the reader of a pipe
	for errors.Is(err, syscall.ENXIO) && time.Now().Before(end) {
		time.Sleep(pipePause)
		file, err = os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	}
	if errors.Is(err, syscall.ENXIO) {
		return errNoReader
	}
	if err != nil {
		return err
	}
	_ = file.SetWriteDeadline(end) // a device has no deadline, and is not waited for
	_, err = file.Write(data)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errNoReader
	}
	return errors.Join(err, file.Close())
}

// replace writes a file beside its place, and moves it there. If exact is false, the
// umask applies to the mode.
func replace(path string, data []byte, mode fs.FileMode, exact bool) error {
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	folder := filepath.Dir(target)
	Sweep(folder)
	temporary := filepath.Join(folder, temporaryPrefix+rand.Text()+temporarySuffix)
	err := writeTemporary(temporary, data, mode, exact, func() error { return os.Rename(temporary, target) })
	if err == nil {
		err = SyncFolder(folder)
	}
	return named("write", path, err)
}

// writeTemporary writes a new file and calls move, which renames it. If either fails,
// the file is removed.
func writeTemporary(path string, data []byte, mode fs.FileMode, exact bool, move func() error) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	release := claim(path)
	defer release()
	if exact {
		err = file.Chmod(mode)
	}
	if err == nil {
		_, err = file.Write(data)
	}
	if err == nil {
		err = Sync(file)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return move()
}
