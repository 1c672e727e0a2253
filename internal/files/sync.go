package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Sync returns when what was written to a file is durable. A file system or a
// device that has no such operation is not an error: there is nothing to wait for.
func Sync(file *os.File) error {
	if err := file.Sync(); !isUnsupported(err) {
		return err
	}
	return nil
}

// SyncFolder returns when the names in a folder are durable. Without it a new file
// may be missing after a power failure, even if its content was synced. A system
// or a file system that cannot sync folders is not an error, and neither is a
// folder that may be written to but not read.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for it there
	}
	folder, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(Sync(folder), folder.Close())
}

// MakeFolder makes a folder and those above it that do not exist, for their owner
// alone (mode 0700), and returns when they are durable.
func MakeFolder(path string) error {
	var above []string // of each folder that is made
	for missing := filepath.Clean(path); ; missing = filepath.Dir(missing) {
		if _, err := os.Stat(missing); !errors.Is(err, fs.ErrNotExist) || missing == filepath.Dir(missing) {
			break
		}
		above = append(above, filepath.Dir(missing))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for _, folder := range above {
		if err := SyncFolder(folder); err != nil {
			return err
		}
	}
	return nil
}
