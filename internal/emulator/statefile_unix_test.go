//go:build linux || darwin

package emulator_test

import (
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fillDisk forbids this process to make any file larger, as if the disk were full.
func fillDisk() error {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1, Max: 1})
}

// TestPipeIsNotAStateFile checks that a pipe is refused: opening it would wait for a
// process at its other end.
func TestPipeIsNotAStateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t, path); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v", err)
	}
}
