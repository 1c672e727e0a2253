//go:build !windows

package files

import (
	"errors"
	"syscall"
)

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isOutOfFiles(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// isOverLimit reports that a file would be larger than its process may write.
func isOverLimit(err error) bool { return errors.Is(err, syscall.EFBIG) }

func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// isWithoutLocks reports the errors of flock(2) on a file system that has no
// locks, or none at the moment.
func isWithoutLocks(err error) bool {
	return errors.Is(err, syscall.ENOLCK) || isUnsupported(err)
}

// isUnsupported reports the errors of fsync(2) and flock(2) on a file system that
// does not have the operation.
func isUnsupported(err error) bool {
	for _, number := range []syscall.Errno{syscall.EINVAL, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.ENOTTY} {
		if errors.Is(err, number) {
			return true
		}
	}
	return false
}
