//go:build unix

package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sesctl/sesctl/internal/files"
)

// TestReadEndsOnEveryKindOfFile checks that neither a device without an end nor a pipe
// without a writer blocks the program or fills its memory.
func TestReadEndsOnEveryKindOfFile(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for path, want := range map[string]string{
		"/dev/zero": "it is not a regular file",
		pipe:        "no process writes to it",
	} {
		if _, err := files.Read(path, 100); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestReadTakesAPipe checks that a secret can be passed as a pipe.
func TestReadTakesAPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := writer.WriteString("secret"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	data, err := files.Read(fmt.Sprintf("/dev/fd/%d", reader.Fd()), 100)
	if err != nil || string(data) != "secret" {
		t.Errorf("got %q, %v", data, err)
	}
}
