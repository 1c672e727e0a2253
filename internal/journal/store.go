package journal

import (
	"context"
	"errors"
	"sync"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Author says on whose behalf changes are recorded.
type Author struct {
	Account Account
	// Who returns the user of the operating system, where that is not nil. It is
	// asked when a change is recorded, since finding out may mean reading files.
	Who func() string
}

func (a Author) who() string {
	if a.Who == nil {
		return ""
	}
	return a.Who()
}

// Store returns a store that records each change of inner before it is sent, and
// its end after. An entry stays pending where the outcome is not known, as an
// [failure.Error] with Unknown says, and where the context ended.
//
// Changes that are announced are recorded with one wait for the disk for all of
// them. Their ends are written with what comes next, by the next Load at the
// latest; a process that is killed before leaves them pending.
func Store(inner callback.Store, j *Journal, author Author) callback.Announcer {
	return &store{inner: inner, journal: j, author: author, announced: map[change]string{}}
}

type store struct {
	inner   callback.Store
	journal *Journal
	author  Author

	mu        sync.Mutex
	announced map[change]string // ids of entries
	ending    bool              // ends wait to be written
}

// change is what an entry is about.
type change struct {
	target   callback.Target
	old, url string
}

func (s *store) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	s.mu.Lock()
	ending := s.ending
	s.ending = false
	s.mu.Unlock()
	if ending {
		// An end that cannot be written leaves its entry pending, to be settled by
		// what is read now.
		s.journal.flushEnds(ctx)
	}
	return s.inner.Load(ctx, parts)
}

// Announce records changes before they are made. One that cannot be recorded is
// tried again by itself when it is to be made.
func (s *store) Announce(ctx context.Context, changes []callback.Change) {
	entries := make([]Entry, len(changes))
	for i, c := range changes {
		entries[i] = s.entry(change{c.Target, c.Old, c.New})
	}
	ids, _ := s.journal.beginAll(ctx, entries)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range changes {
		if ids[i] != "" {
			s.announced[change{c.Target, c.Old, c.New}] = ids[i]
		}
	}
}

// Withdraw records that changes were not made, as far as they were announced.
func (s *store) Withdraw(changes []callback.Change) {
	for _, c := range changes {
		if id := s.take(change{c.Target, c.Old, c.New}); id != "" {
			s.endSoon(id, Failed, "")
		}
	}
}

// take returns the id of the entry of an announced change, once.
func (s *store) take(c change) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.announced[c]
	delete(s.announced, c)
	return id
}

func (s *store) endSoon(id string, outcome Outcome, requestID string) {
	s.journal.endSoon(id, outcome, requestID)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = true
}

func (s *store) entry(c change) Entry {
	return Entry{
		Profile: s.author.Account.Profile, Endpoint: s.author.Account.Endpoint, Region: s.author.Account.Region, Who: s.author.who(),
		Scope: c.target.Scope(), Sender: c.target.Address(), Old: c.old, New: c.url,
	}
}

func (s *store) Put(ctx context.Context, c callback.Callback, old string) (callback.Receipt, error) {
	return s.record(ctx, change{c.Target, old, c.URL}, func() (callback.Receipt, error) { return s.inner.Put(ctx, c, old) })
}

func (s *store) Delete(ctx context.Context, c callback.Callback) (callback.Receipt, error) {
	return s.record(ctx, change{c.Target, c.URL, ""}, func() (callback.Receipt, error) { return s.inner.Delete(ctx, c) })
}

func (s *store) record(ctx context.Context, c change, do func() (callback.Receipt, error)) (callback.Receipt, error) {
	id := s.take(c)
	announced := id != ""
	if !announced {
		var err error
		if id, err = s.journal.Begin(ctx, s.entry(c)); err != nil {
			return callback.Receipt{}, err
		}
	}
	receipt, err := do()
	outcome, requestID := Done, receipt.RequestID
	var e *failure.Error
	switch {
	case err == nil:
	case errors.As(err, &e) && e.Made:
		requestID = e.RequestID
	case unknown(err):
		return receipt, err
	default:
		outcome = Failed
		if e != nil && e.RequestID != "" {
			requestID = e.RequestID
		}
	}
	if announced {
		s.endSoon(id, outcome, requestID)
		return receipt, err
	}
	// What has happened is recorded even when the user has had enough.
	if endErr := s.journal.End(context.WithoutCancel(ctx), id, outcome, requestID); endErr != nil {
		receipt.Notes = append(receipt.Notes, "entry "+id+" stays pending: "+endErr.Error())
	}
	return receipt, err
}

func unknown(err error) bool {
	var e *failure.Error
	return errors.As(err, &e) && e.Unknown || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
