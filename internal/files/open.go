package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// These are the reasons why something cannot be read or written as a file.
var (
	ErrIsFolder   = errors.New("it is a folder")
	ErrNotRegular = errors.New("it is not a regular file")
)

// OpenPrivate opens a regular file for writing, with the flags of package os. If it
// does not exist, it is created for its owner alone, and its name is durable. If
// other users can read or write the file, their rights are removed, and widened is
// its previous mode. Otherwise widened is 0. (On Windows the folder decides who may
// read a file, and widened is always 0.)
func OpenPrivate(path string, flag int) (file *os.File, widened fs.FileMode, err error) {
	file, err = os.OpenFile(path, flag, 0)
	isNew := errors.Is(err, fs.ErrNotExist)
	if isNew {
		file, err = os.OpenFile(path, flag|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, 0, err
	}
	widened, err = Tighten(file)
	if err == nil && isNew {
		err = SyncFolder(filepath.Dir(path))
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, widened, nil
}

// Tighten removes the rights of other users on a regular file. If there were any, it
// returns the previous mode, else 0. Any other kind of file is an error.
func Tighten(file *os.File) (widened fs.FileMode, err error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, named("open", file.Name(), ErrNotRegular)
	case runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0:
		return 0, nil
	}
	return info.Mode().Perm(), file.Chmod(0o600)
}

// Open opens a file for reading. A folder is an error. A pipe and a device are not,
// because shells can pass a secret as a pipe.
func Open(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = named("open", path, ErrIsFolder)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// OpenKept opens a file for reading that sesctl keeps for itself. Everything else at its
// path is an error, and a pipe is not waited for.
func OpenKept(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = named("open", path, ErrNotRegular)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// IsURL reports whether a path is a URL. Written to, it would become folders whose names
// are parts of the URL, which is a secret.
func IsURL(path string) bool {
	scheme, _, found := strings.Cut(path, "://")
	return found && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// Same reports whether two paths lead to the same file. If one of the files does not
// exist, the result is false.
func Same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
