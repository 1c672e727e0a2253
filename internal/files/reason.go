package files

import (
	"errors"
	"io/fs"
	"os"
)

// Reason returns why an operation on a file failed, without the operation and the
// path, for a message that names the file itself.
func Reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// Advice returns what the user can do after an operation on a file failed, as one
// sentence without a full stop. It returns "" if there is no advice for the error.
func Advice(err error) string {
	switch {
	case isFull(err):
		return "make room on its disk, or raise its quota"
	case isReadOnly(err):
		return "its file system is mounted read-only; choose a folder that can be written"
	case isLocking(err) && isWithoutLocks(err):
		return "its file system cannot lock files, like some network file systems; choose a folder on a local disk"
	case isOutOfFiles(err):
		return "close other programs, or raise the limit of open files (ulimit -n)"
	case isOverLimit(err):
		return "raise the limit of the size of files (ulimit -f)"
	case errors.Is(err, fs.ErrPermission):
		return "make the file and its folder readable and writable for you"
	}
	return ""
}

// LockError returns an error of a library that locks the file at path, so that [Advice]
// recognises it.
func LockError(path string, err error) error { return lockError(path, err) }

// CannotLock reports whether an error of [WaitLock] or [TryLock] means that no
// process can take the lock. Then its file cannot be created, or the file system has
// no locks.
func CannotLock(err error) bool {
	return isLocking(err) && isWithoutLocks(err) || isReadOnly(err) || errors.Is(err, fs.ErrPermission)
}

func isLocking(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) && path.Op == operationLock
}

// named returns an error that names the file at path instead of a temporary file.
func named(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: operation, Path: path, Err: Reason(err)}
}
