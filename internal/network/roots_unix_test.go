//go:build unix

package network_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sesctl/sesctl/internal/network"
)

// TestRootsDoesNotWaitForAPipe checks that a pipe without a writer does not block the
// program.
func TestRootsDoesNotWaitForAPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	_, err := network.Roots(network.CertificateFile{Path: pipe, From: "ca_file"})
	if err == nil || !strings.Contains(err.Error(), "it is not a regular file") {
		t.Errorf("got %v", err)
	}
	for file, want := range map[string]bool{"": true, pipe: false, "/dev/zero": false, pipe + "none": true} {
		if err := network.CheckSystemFile(func(string) string { return file }); (err == nil) != want {
			t.Errorf("SSL_CERT_FILE=%s: %v", file, err)
		}
	}
}
