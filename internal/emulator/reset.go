package emulator

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// Reset removes a state file, so that the next emulator begins with a fresh
// state. It waits as Open does while another process holds the file (0: 5
// seconds), and refuses a file that is not a state file. A file that is not
// there is no error.
func Reset(ctx context.Context, path string, wait time.Duration) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if wait == 0 {
		wait = defaultWait
	}
	db, err := openDB(ctx, path, wait)
	if err != nil {
		return err
	}
	if _, err := readState(db); errors.Is(err, errNotState) {
		_ = closeDB(db)
		return stateError(path, err)
	}
	// Removed while it is locked, so that nobody's new state goes with it.
	// Windows removes no open file; there, one that somebody else has opened in
	// the meantime stays.
	removeErr := os.Remove(path)
	closeErr := closeDB(db)
	if removeErr != nil && closeErr == nil {
		removeErr = os.Remove(path)
	}
	if err := errors.Join(removeErr, closeErr); err != nil {
		return failure.New(failure.Failure, "the state file %s cannot be removed: %w", path, bare(err)).
			WithHint("see who has it open, and whether its folder can be written")
	}
	return nil
}
