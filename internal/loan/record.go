package loan

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Record is what is needed to restore a borrowed callback.
type Record struct {
	Account  journal.Account
	Borrowed callback.Change // from the previous URL to the borrowed one
	Since    time.Time
}

// form is a record in its file. It holds whole URLs, which are secrets: the file
// is for its owner alone.
type form struct {
	Account journal.Account `json:"account"`
	Scope   callback.Scope  `json:"scope"`
	Sender  string          `json:"sender"` // "" for the account
	URL     string          `json:"url"`    // the borrowed one
	Former  string          `json:"former"` // "" if there was none
	Since   time.Time       `json:"since"`
}

// maxRecord is the largest size of a record in bytes. It has two URLs of 64 KiB, which
// can be six times as long in JSON.
const maxRecord = 1 << 20

// read reads a record; exists is false if there is none.
func read(path string) (record Record, exists bool, err error) {
	file, err := files.OpenKept(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Record{}, false, nil
	}
	if err != nil {
		return Record{}, false, failure.New(failure.Failure, "cannot read the record of a borrowed callback: %w", err).WithHints(files.Advice(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRecord))
	if err != nil {
		return Record{}, false, failure.New(failure.Failure, "cannot read the record of a borrowed callback: %w", err)
	}
	if record, err = parse(data); err != nil {
		// The words of the decoder may repeat parts of a URL.
		return Record{}, false, failure.New(failure.Failure, "%s is not a record of a borrowed callback", path).
			WithHint("'sesctl callback history' shows the previous callback; restore it, then remove the file")
	}
	return record, true, nil
}

func parse(data []byte) (Record, error) {
	var f form
	if err := json.Unmarshal(data, &f); err != nil {
		return Record{}, err
	}
	target, err := callback.NewTarget(f.Scope, f.Sender)
	if err == nil && f.URL == "" {
		err = errors.New("it has no URL")
	}
	change := callback.NewChange(target, callback.NewURL(f.Former), callback.NewURL(f.URL))
	return Record{Account: f.Account, Borrowed: change, Since: f.Since}, err
}

// write makes the record durable.
func (r Record) write(path string) error {
	b := r.Borrowed
	data, err := json.Marshal(form{r.Account, b.Target.Scope(), b.Target.Address(), b.New.Whole(), b.Old.Whole(), r.Since})
	if err != nil {
		return err
	}
	return files.WritePrivate(path, append(data, '\n'))
}
