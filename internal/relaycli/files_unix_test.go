//go:build unix

package relaycli

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFilesThatNeverEnd checks that every flag that names a file refuses a device
// without an end, a pipe without a writer and a folder at once.
func TestFilesThatNeverEnd(t *testing.T) {
	t.Parallel()
	const path, to = "--path=/ses/0123456789abcdef", "--to=nats://127.0.0.1:1/x"
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for flag, others := range map[string][]string{
		"--config": {path, to}, "--path-file": {to}, "--to-file": {path},
		"--tls-cert": {path, to, "--tls-key=/dev/null"}, "--tls-key": {path, to, "--tls-cert=/dev/null"},
		"--engine-ca": {path, to}, "--engine-cert": {path, to, "--engine-key=/dev/null"}, "--engine-key": {path, to, "--engine-cert=/dev/null"},
		"--nats-creds": {path, to},
	} {
		for file, want := range map[string]string{"/dev/zero": "not a regular file", pipe: "no process writes to it", folder: "folder"} {
			for _, command := range []string{"serve", "check"} {
				if command == "check" && strings.HasPrefix(flag, "--tls") {
					continue // a row of the check, and not an error
				}
				args := append([]string{command, "--listen=127.0.0.1:0", flag + "=" + file}, others...)
				status, stdout, stderr := run(t, nil, args...)
				if status == 0 || !strings.Contains(stdout+stderr, want) || !strings.Contains(stdout+stderr, file) {
					t.Errorf("%s: status %d, %s%s", strings.Join(args, " "), status, stdout, stderr)
				}
			}
		}
	}
}
