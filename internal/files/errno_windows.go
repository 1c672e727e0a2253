package files

import (
	"errors"
	"syscall"
)

// Errors of Windows for which package syscall has no names (winerror.h).
const (
	errorInvalidFunction = syscall.Errno(1)
	errorWriteProtect    = syscall.Errno(19)
	errorHandleDiskFull  = syscall.Errno(39)
	errorNotSupported    = syscall.Errno(50)
	errorDiskFull        = syscall.Errno(112)
)

func isFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull)
}

func isReadOnly(err error) bool { return errors.Is(err, errorWriteProtect) }

func isWithoutLocks(err error) bool { return isUnsupported(err) }

func isUnsupported(err error) bool {
	return errors.Is(err, errorNotSupported) || errors.Is(err, errorInvalidFunction)
}
