package files

import (
	"errors"
	"syscall"
)

// Errors of Windows for which package syscall has no names (winerror.h).
const (
	errorInvalidFunction = syscall.Errno(1)
	errorTooManyFiles    = syscall.Errno(4)
	errorWriteProtect    = syscall.Errno(19)
	errorHandleDiskFull  = syscall.Errno(39)
	errorNotSupported    = syscall.Errno(50)
	errorDiskFull        = syscall.Errno(112)
	errorFileTooLarge    = syscall.Errno(223)
)

func isFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull)
}

func isOutOfFiles(err error) bool { return errors.Is(err, errorTooManyFiles) }

// isOverLimit reports that a file would be larger than its file system allows.
func isOverLimit(err error) bool { return errors.Is(err, errorFileTooLarge) }

func isReadOnly(err error) bool { return errors.Is(err, errorWriteProtect) }

func isWithoutLocks(err error) bool { return isUnsupported(err) }

func isUnsupported(err error) bool {
	return errors.Is(err, errorNotSupported) || errors.Is(err, errorInvalidFunction)
}
