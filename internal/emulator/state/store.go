package state

import (
	"errors"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// errClosed is the error of every View and Update of a closed file.
var errClosed = errors.New("the emulator is closed")

// Store is one state. It is safe for use by several goroutines.
type Store struct {
	path    string
	holding sync.RWMutex // held for writing by Close alone
	db      *bbolt.DB    // nil in memory, and after Close

	memory *tables // nil with a file

	writing sync.Mutex // held by the goroutine that commits
	queued  sync.Mutex // guards queue
	queue   []*write
}

// write is one Update that waits for its commit.
type write struct {
	change func(*Tx) error
	soft   bool // the commit does not wait for the disk
	done   bool
	err    error
}

// NewMemory returns an empty store that ends with the process.
func NewMemory() *Store {
	return &Store{memory: newTables()}
}

// String returns the name of the store for messages.
func (s *Store) String() string {
	if s.path == "" {
		return "memory"
	}
	return "the state file " + s.path
}

// View calls read with a transaction that sees the state at one moment. Byte slices
// that the transaction returns are valid only during the call.
func (s *Store) View(read func(*Tx) error) error {
	if s.memory != nil {
		return s.memory.view(read)
	}
	s.holding.RLock()
	defer s.holding.RUnlock()
	if s.db == nil {
		return errClosed
	}
	return guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return read(&Tx{bolt: tx}) })
	})
}

// Update calls change with a transaction that can write, and commits it. If change
// returns an error, Update returns it unchanged and changes nothing. Updates that
// arrive at the same time are committed together. For that, change may be called
// several times, and only its last call has an effect.
func (s *Store) Update(change func(*Tx) error) error { return s.update(&write{change: change}) }

// UpdateSoon is like [Store.Update], but does not wait for the disk. The change is
// visible at once and survives the end of the process. If the machine fails before
// the next Update or Close, the change is lost.
func (s *Store) UpdateSoon(change func(*Tx) error) error {
	return s.update(&write{change: change, soft: true})
}

func (s *Store) update(w *write) error {
	s.queued.Lock()
	s.queue = append(s.queue, w)
	s.queued.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	if w.done { // by the goroutine that held the lock before this one
		return w.err
	}
	s.queued.Lock()
	batch := s.queue
	s.queue = nil
	s.queued.Unlock()
	s.commit(batch)
	return w.err
}

// commit makes the changes of a batch in one transaction. A change that fails is
// removed from the batch, and the other changes are made again without it.
func (s *Store) commit(batch []*write) {
	for len(batch) > 0 {
		failed := -1
		soft := !slices.ContainsFunc(batch, func(w *write) bool { return !w.soft })
		err := s.transact(soft, func(tx *Tx) error {
			for i, w := range batch {
				failed = i
				if err := w.change(tx); err != nil {
					return err
				}
			}
			failed = -1
			return nil
		})
		if failed < 0 {
			for _, w := range batch {
				w.done, w.err = true, err
			}
			return
		}
		batch[failed].done, batch[failed].err = true, err
		batch = slices.Delete(batch, failed, failed+1)
	}
}

func (s *Store) transact(soft bool, change func(*Tx) error) error {
	if s.memory != nil {
		return s.memory.update(change)
	}
	s.holding.RLock()
	defer s.holding.RUnlock()
	if s.db == nil {
		return errClosed
	}
	s.db.NoSync = soft
	var refused error // an error of change itself, which is not a failure of the file
	var id int
	err := guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			id = tx.ID()
			all := &Tx{bolt: tx}
			if refused = change(all); refused != nil {
				return refused
			}
			return all.storeCounts()
		})
	})
	if err == nil || refused != nil {
		return err
	}
	return &WriteError{Made: s.lastID() >= id, Err: files.Reason(err)}
}

// lastID returns the id of the last transaction that the file has.
func (s *Store) lastID() (id int) {
	_ = guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			id = tx.ID()
			return nil
		})
	})
	return id
}

// WriteError is the error of a change that could not be written.
type WriteError struct {
	Made bool // the change is in the file, but the disk has not confirmed it
	Err  error
}

// Error names the reason and, if it is known, what to do.
func (e *WriteError) Error() string {
	text := "cannot write the state file: " + e.Err.Error()
	if advice := files.Advice(e.Err); advice != "" {
		text += "; " + advice
	}
	return text
}

// Unwrap returns the error of the file.
func (e *WriteError) Unwrap() error { return e.Err }

// Close closes the file. A store in memory can still be used afterwards. A second
// Close does nothing.
func (s *Store) Close() error {
	s.holding.Lock()
	defer s.holding.Unlock()
	if s.db == nil {
		return nil
	}
	err := guard(s.db.Sync)
	if closeErr := closeDB(s.db); err == nil {
		err = closeErr
	}
	s.db = nil
	if err != nil {
		return failure.New(failure.Failure, "cannot close the state file %s: %w", s.path, files.Reason(err))
	}
	return nil
}
