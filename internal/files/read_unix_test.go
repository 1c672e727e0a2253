//go:build unix

package files_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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

// TestKeptAndRegularFilesAreNoPipes checks that a pipe in the place of a file is
// refused at once, and not waited for.
func TestKeptAndRegularFilesAreNoPipes(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		if _, err := files.OpenKept(path); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("kept, %s: %v", path, err)
		}
		if _, err := files.ReadRegular(path, 100); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("regular, %s: %v", path, err)
		}
	}
}

// TestWriteWaitsForAReader writes to pipes that are read late, or never.
func TestWriteWaitsForAReader(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	got := make(chan string)
	go func() {
		time.Sleep(50 * time.Millisecond)
		data, err := os.ReadFile(pipe)
		got <- fmt.Sprint(string(data), err)
	}()
	large := strings.Repeat("x", 1<<20) // more than a pipe holds
	if err := files.Write(pipe, []byte(large), 0o600); err != nil {
		t.Error(err)
	}
	if text := <-got; text != large+"<nil>" {
		t.Errorf("read %d bytes", len(text))
	}
	if testing.Short() {
		return // it takes ten seconds
	}
	if err := files.Write(pipe, []byte("x"), 0o600); err == nil || !strings.Contains(err.Error(), "no process read it") {
		t.Errorf("no reader: %v", err)
	}
}
