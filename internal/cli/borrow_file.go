package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// loanContent is what must be known to put a callback back.
type loanContent struct {
	account  journal.Account
	borrowed callback.Change // from the former URL to the borrowed one
	since    time.Time
}

// loanForm is a loan in its file. It holds whole URLs, which are secrets: the file
// is for its owner alone.
type loanForm struct {
	Account journal.Account `json:"account"`
	Scope   callback.Scope  `json:"scope"`
	Sender  string          `json:"sender"` // "" for the account
	URL     string          `json:"url"`    // the borrowed one
	Former  string          `json:"former"` // "" if there was none
	Since   time.Time       `json:"since"`
}

func (c loanContent) form() loanForm {
	b := c.borrowed
	return loanForm{c.account, b.Target.Scope(), b.Target.Address(), b.New.Whole(), b.Old.Whole(), c.since}
}

func (f loanForm) content() (loanContent, error) {
	target, err := callback.NewTarget(f.Scope, f.Sender)
	if err == nil && f.URL == "" {
		err = errors.New("it has no URL")
	}
	return loanContent{f.Account, callback.NewChange(target, callback.NewURL(f.Former), callback.NewURL(f.URL)), f.Since}, err
}

// loanFile is where the loan of one target is kept.
type loanFile struct {
	folder  string
	name    string
	account journal.Account
	target  callback.Target
	content loanContent
}

const loanFolder = "loans"

func newLoanFile(state string, account journal.Account, target callback.Target) loanFile {
	key, _ := json.Marshal([]string{account.Profile, account.Endpoint, account.Region, target.Address()})
	sum := sha256.Sum256(key)
	return loanFile{folder: filepath.Join(state, loanFolder), name: hex.EncodeToString(sum[:16]), account: account, target: target}
}

func (f loanFile) path() string     { return filepath.Join(f.folder, f.name+".json") }
func (f loanFile) lockPath() string { return filepath.Join(f.folder, f.name+".lock") }

// read returns the loan that a process has left; nil where there is none.
func (f loanFile) read() (*loanContent, error) {
	data, err := os.ReadFile(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failure.New(failure.Failure, "read a loan: %w", err)
	}
	return parseLoan(f.path(), data)
}

func parseLoan(path string, data []byte) (*loanContent, error) {
	var form loanForm
	err := json.Unmarshal(data, &form)
	var content loanContent
	if err == nil {
		content, err = form.content()
	}
	if err != nil {
		return nil, failure.New(failure.Failure, "%s is no record of a borrowed callback", path).
			WithHint("'sesctl callback history' shows what was there before; then remove the file")
	}
	return &content, nil
}

// write puts the loan on disk, whole or not at all.
func (f loanFile) write() (err error) {
	defer func() {
		if err != nil {
			err = failure.New(failure.Failure, "record what is borrowed, before it is: %w; nothing was changed", err)
		}
	}()
	data, err := json.Marshal(f.content.form())
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(f.folder, f.name+".*.tmp") // for its owner alone
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), f.path())
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return f.sync()
}

// sync makes what was done to the folder last.
func (f loanFile) sync() error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for it there
	}
	folder, err := os.Open(f.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (f loanFile) remove() error {
	err := os.Remove(f.path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failure.New(failure.Failure, "forget what was borrowed: %w", err)
	}
	return nil
}

// leftLoans returns the loans in the state folder, those of other accounts too.
func leftLoans(state string) ([]loanFile, error) {
	entries, err := os.ReadDir(filepath.Join(state, loanFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failure.New(failure.Failure, "read the loans: %w", err)
	}
	var found []loanFile
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".json") {
			continue
		}
		path := filepath.Join(state, loanFolder, entry.Name())
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // given back meanwhile
		}
		if err != nil {
			return nil, failure.New(failure.Failure, "read a loan: %w", err)
		}
		content, err := parseLoan(path, data)
		if err != nil {
			return nil, err
		}
		f := newLoanFile(state, content.account, content.borrowed.Target)
		f.content = *content
		found = append(found, f)
	}
	return found, nil
}
