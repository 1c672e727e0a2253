package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/files"
)

func TestRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := files.Read(path, 6); err != nil || string(data) != "secret" {
		t.Errorf("got %q, %v", data, err)
	}
	if data, err := files.Read(os.DevNull, 5); err != nil || len(data) != 0 {
		t.Errorf("the empty device: %q, %v", data, err)
	}
	if _, err := files.Read(path, 5); !errors.Is(err, files.ErrTooLarge) || !strings.Contains(err.Error(), "it has more than 5 bytes") || !strings.Contains(err.Error(), path) {
		t.Errorf("a large file: %v", err)
	}
	if _, err := files.Read(t.TempDir(), 5); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := files.Read(path+"-none", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
