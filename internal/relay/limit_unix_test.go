//go:build unix

package relay

import (
	"os/signal"
	"syscall"
)

// limitFiles makes every write fail that would make a file larger, as on a full disk.
func limitFiles(size uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: size, Max: size}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
