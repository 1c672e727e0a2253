//go:build linux || darwin

package emulator_test

import (
	"os/signal"
	"syscall"
)

// fillDisk makes every file of this process full at its present size.
func fillDisk() error {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1, Max: 1})
}
