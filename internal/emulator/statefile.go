package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sesctl/sesctl/internal/failure"
)

// format is the version of the layout below, stored in the file.
const format = "1"

// The layout: bucket "emulator" with "format" and "account-url"; bucket
// "senders", address to sender in JSON; bucket "urls", address to callback URL.
const (
	bucketMeta    = "emulator"
	bucketSenders = "senders"
	bucketURLs    = "urls"
	keyFormat     = "format"
	keyAccountURL = "account-url"
)

var errNotState = errors.New("it is not a state file of the emulator")

// stateFile is a state on disk, held for this process alone while it is open.
type stateFile struct {
	path string
	db   *bbolt.DB // nil when closed
}

// openStateFile opens a state file, or creates it with the state fresh. An
// existing file is only read.
func openStateFile(ctx context.Context, path string, wait time.Duration, fresh state) (*stateFile, state, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, state{}, failure.New(failure.Failure, "the folder of the state file %s cannot be created: %w", path, bare(err)).
			WithHint("name another state file")
	}
	db, err := openDB(ctx, path, wait)
	if err != nil {
		return nil, state{}, err
	}
	stored, err := readState(db)
	if errors.Is(err, errEmpty) {
		stored = fresh
		err = guard(func() error { return db.Update(func(tx *bbolt.Tx) error { return writeFresh(tx, fresh) }) })
	}
	if err != nil {
		_ = closeDB(db)
		return nil, state{}, stateError(path, err)
	}
	return &stateFile{path: path, db: db}, stored, nil
}

var errEmpty = errors.New("it is empty")

// readState reads a whole state; errEmpty where none was written yet.
func readState(db *bbolt.DB) (state, error) {
	out := newState()
	err := guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			meta := tx.Bucket([]byte(bucketMeta))
			if meta == nil {
				if first, _ := tx.Cursor().First(); first == nil {
					return errEmpty
				}
				return errNotState
			}
			if got := string(meta.Get([]byte(keyFormat))); got != format {
				return fmt.Errorf("it has format %s, and this sesctl knows format %s", quote(got), format)
			}
			senders, urls := tx.Bucket([]byte(bucketSenders)), tx.Bucket([]byte(bucketURLs))
			if senders == nil || urls == nil {
				return errors.New("it is damaged: a part is missing")
			}
			out.url = string(meta.Get([]byte(keyAccountURL)))
			if err := urls.ForEach(func(address, url []byte) error {
				out.urls[string(address)] = string(url)
				return nil
			}); err != nil {
				return err
			}
			return senders.ForEach(func(address, encoded []byte) error {
				var s sender
				if err := json.Unmarshal(encoded, &s); err != nil {
					return fmt.Errorf("it is damaged: sender address %s: %w", quote(string(address)), err)
				}
				out.senders[string(address)] = s
				return nil
			})
		})
	})
	return out, err
}

func writeFresh(tx *bbolt.Tx, fresh state) error {
	meta, err := tx.CreateBucket([]byte(bucketMeta))
	if err != nil {
		return err
	}
	for _, name := range []string{bucketSenders, bucketURLs} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	for address, s := range fresh.senders {
		if err := writeChange(tx, change{kind: putSender, address: address, sender: s}); err != nil {
			return err
		}
	}
	return meta.Put([]byte(keyFormat), []byte(format))
}

func (f *stateFile) write(c change) error {
	if f.db == nil {
		return errClosed
	}
	err := guard(func() error { return f.db.Update(func(tx *bbolt.Tx) error { return writeChange(tx, c) }) })
	if err != nil {
		return fmt.Errorf("the state file cannot be written: %w", bare(err))
	}
	return nil
}

func writeChange(tx *bbolt.Tx, c change) error {
	meta, senders, urls := tx.Bucket([]byte(bucketMeta)), tx.Bucket([]byte(bucketSenders)), tx.Bucket([]byte(bucketURLs))
	address := []byte(c.address)
	switch c.kind {
	case putSender:
		encoded, err := json.Marshal(c.sender)
		if err != nil {
			return err
		}
		return senders.Put(address, encoded)
	case deleteSender:
		if err := urls.Delete(address); err != nil {
			return err
		}
		return senders.Delete(address)
	case putURL:
		return urls.Put(address, []byte(c.url))
	case deleteURL:
		return urls.Delete(address)
	default: // putAccountURL
		return meta.Put([]byte(keyAccountURL), []byte(c.url))
	}
}

func (f *stateFile) close() error {
	if f.db == nil {
		return nil
	}
	err := closeDB(f.db)
	f.db = nil
	if err != nil {
		return failure.New(failure.Failure, "the state file %s cannot be closed: %w", f.path, bare(err))
	}
	return nil
}
