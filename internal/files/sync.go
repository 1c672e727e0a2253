package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Sync waits until everything that was written to a file is durable. If a file system
// or a device does not have this operation, that is not an error.
func Sync(file *os.File) error {
	if err := file.Sync(); !isUnsupported(err) {
		return err
	}
	return nil
}

// SyncFolder waits until the names in a folder are durable. Without it a new file may
// be missing after a power failure, even if its content was synced. It is not an
// error if the system or the file system cannot sync folders, or if the folder can be
// written to but not read.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for a sync there
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

// MakeFolder creates a folder and its missing parents, for their owner alone (mode
// 0700). It returns when they are durable.
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
