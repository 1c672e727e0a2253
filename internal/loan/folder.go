package loan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Folder keeps the loans of a user in all accounts, a file for each target.
type Folder struct{ path string }

const (
	recordSuffix = ".json"
	lockSuffix   = ".lock"
)

// In returns the folder of loans in the user's state folder.
func In(state string) Folder { return Folder{filepath.Join(state, "loans")} }

// hintElsewhere is the next step if a record cannot be kept in the folder.
const hintElsewhere = "the previous callback is recorded before it is replaced; set XDG_STATE_HOME to keep the record in another folder"

// ErrInUse is the reason of Take if another process holds the loan.
var ErrInUse = errors.New("it is borrowed by another process")

// Take locks the loan of a target for this process, until [Loan.Release]. It returns the
// record that a killed process left, if there is one. If another process holds the lock,
// the error is [ErrInUse]. Every other error has kind failure.
func (f Folder) Take(account journal.Account, target callback.Target) (*Loan, error) {
	if err := files.MakeFolder(f.path); err != nil {
		return nil, failure.New(failure.Failure, "cannot create the folder for borrowed callbacks: %w", err).WithHints(files.Advice(err), hintElsewhere)
	}
	base := f.base(account, target)
	lock, err := files.TryLock(base + lockSuffix)
	switch {
	case errors.Is(err, files.ErrLocked):
		return nil, ErrInUse
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot lock the record of a borrowed callback: %w", err).WithHints(files.Advice(err), hintElsewhere)
	}
	l := &Loan{path: base + recordSuffix, lock: lock}
	if l.Record, l.recorded, err = read(l.path); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return l, nil
}

// Find returns the record of a target, whether its borrower is alive or not. found is
// false if there is none.
func (f Folder) Find(account journal.Account, target callback.Target) (record Record, found bool, err error) {
	return read(f.base(account, target) + recordSuffix)
}

// Abandoned returns the records of an account whose borrower is no longer alive.
func (f Folder) Abandoned(account journal.Account) ([]Record, error) {
	records, err := f.Left()
	var abandoned []Record
	for _, r := range records {
		if r.Account != account {
			continue
		}
		inUse, err := files.Locked(f.base(account, r.Borrowed.Target) + lockSuffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return abandoned, failure.New(failure.Failure, "cannot lock the record of a borrowed callback: %w", err).WithHints(files.Advice(err))
		}
		if !inUse {
			abandoned = append(abandoned, r)
		}
	}
	return abandoned, err
}

// base returns the path of the files of a loan, without their suffix. It has a digest,
// because an address may have characters that a file name must not have.
func (f Folder) base(account journal.Account, target callback.Target) string {
	key, _ := json.Marshal([]string{account.Profile, account.Endpoint, account.Region, target.Address()}) // strings always encode
	sum := sha256.Sum256(key)
	return filepath.Join(f.path, hex.EncodeToString(sum[:16]))
}

// Left returns what is recorded in the folder, for all accounts. The borrower may
// have been killed, or may still be alive. Left also removes the temporary file of
// a process that was killed while it wrote a record.
func (f Folder) Left() ([]Record, error) {
	entries, err := os.ReadDir(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot read the records of borrowed callbacks: %w", err).WithHints(files.Advice(err))
	}
	files.Sweep(f.path)
	var found []Record
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") || !strings.HasSuffix(entry.Name(), recordSuffix) {
			continue
		}
		record, exists, err := read(filepath.Join(f.path, entry.Name()))
		if err != nil {
			return nil, err
		}
		if exists { // or it was given back in the meantime
			found = append(found, record)
		}
	}
	return found, nil
}
