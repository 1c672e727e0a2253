package journal

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sesctl/sesctl/internal/files"
)

// run is a journal that has begun entries and is still in use. It holds the lock
// of its own file, and its entries name that file. While the lock is held, no
// other process settles these entries. When the process ends for any reason, the
// lock is released.
type run struct {
	mu   sync.Mutex
	id   string
	lock *files.Lock // nil before the first entry
}

const runLength = 12

// startRunLocked returns the id of the run for an entry that is about to begin. Under
// the lock of the journal, no other process treats the new file as left behind.
func (j *Journal) startRunLocked() (string, error) {
	j.run.mu.Lock()
	defer j.run.mu.Unlock()
	if j.run.lock != nil {
		return j.run.id, nil
	}
	j.removeLeftRuns()
	id := strings.ToLower(rand.Text()[:runLength])
	lock, err := files.TryLock(j.runPath(id))
	if err != nil {
		return "", err
	}
	j.run.id, j.run.lock = id, lock
	return id, nil
}

func (j *Journal) endRun() error {
	j.run.mu.Lock()
	defer j.run.mu.Unlock()
	if j.run.lock == nil {
		return nil
	}
	err := j.run.lock.Release()
	_ = os.Remove(j.runPath(j.run.id)) // if this fails, the next process does it
	j.run.id, j.run.lock = "", nil
	return err
}

func (j *Journal) runPath(id string) string { return j.path + "." + id + ".lock" }

// atWork reports whether the run that began entries is still in use, in another
// process or in another journal of this process. If this cannot be found out,
// atWork returns true.
func (j *Journal) atWork(id string) bool {
	if len(id) != runLength || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" { // the file was edited by hand
		return false
	}
	locked, err := files.Locked(j.runPath(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false
	case err != nil || locked:
		return true
	}
	_ = os.Remove(j.runPath(id))
	return false
}

// removeLeftRuns removes the files of runs that were killed after their last entry
// had ended. Nothing else would remove them.
func (j *Journal) removeLeftRuns() {
	paths, err := filepath.Glob(j.runPath("????????????"))
	if err != nil { // the name of the folder is not a valid pattern
		return
	}
	for _, path := range paths {
		_ = j.atWork(strings.TrimSuffix(strings.TrimPrefix(path, j.path+"."), ".lock"))
	}
}
