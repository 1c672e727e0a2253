package journal

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Author is the person or command for whom changes are recorded.
type Author struct {
	Account Account
	Command string // the command that makes the changes
	// Who returns the user of the operating system, if it is not nil. It is
	// called when a change is recorded, since finding out may mean reading files.
	Who func() string
}

func (a Author) who() string {
	if a.Who == nil {
		return ""
	}
	return a.Who()
}

// SteppedStore is a store that cannot make every change in one call. It calls
// begin before it deletes a callback to create another. If begin fails, nothing is
// deleted.
type SteppedStore interface {
	MakeInSteps(ctx context.Context, c callback.Change, begin func(context.Context) error) (callback.Receipt, error)
}

// Store returns a store that records each change of inner before it is sent, and
// its outcome after. An entry stays pending while its outcome is unknown, and if
// the context ended. The next Load of the store settles it, or else the next
// process. If inner is a [SteppedStore], a change in steps is recorded as such.
func Store(inner callback.Store, j *Journal, author Author) callback.Store {
	return &store{inner: inner, journal: j, author: author, open: map[callback.Target]openEntry{}}
}

type store struct {
	inner   callback.Store
	journal *Journal
	author  Author

	mu   sync.Mutex
	open map[callback.Target]openEntry // entries with an unknown outcome
}

type openEntry struct {
	id        string
	change    callback.Change
	requestID string
	steps     bool
	// outcome is what the last reading showed. If the reading does not show the
	// change, that is not final: the service may still be making the change.
	outcome Outcome
}

func (s *store) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	s.mu.Lock()
	before := maps.Clone(s.open) // a reading settles only changes that were sent before it
	s.mu.Unlock()
	snapshot, err := s.inner.Load(ctx, parts)
	if err != nil {
		return snapshot, err
	}
	for target, e := range before {
		if callback.PartOf(target)&parts != 0 {
			s.settle(ctx, e, snapshot.Callbacks.URL(target))
		}
	}
	return snapshot, nil
}

// settle writes the end of an entry whose outcome is unknown, according to the URL
// that was found.
func (s *store) settle(ctx context.Context, e openEntry, found callback.URL) {
	outcome, note := settledBy(e.change, found)
	if outcome == e.outcome || e.steps && found.IsZero() {
		return // a change that was cut off between two steps is left to the next process
	}
	if err := s.journal.end(context.WithoutCancel(ctx), e.id, outcome, e.requestID, note); err != nil {
		return // the entry stays pending, and the next reading settles it
	}
	e.outcome = outcome
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[e.change.Target].id == e.id {
		s.open[e.change.Target] = e
	}
}

func (s *store) Make(ctx context.Context, c callback.Change) (callback.Receipt, error) {
	s.mu.Lock()
	delete(s.open, c.Target) // later readings show this change
	s.mu.Unlock()
	id, err := s.journal.Begin(ctx, Entry{Account: s.author.Account, Who: s.author.who(), Command: s.author.Command, Change: c})
	if err != nil {
		return callback.Receipt{}, err
	}
	receipt, steps, err := s.makeInner(ctx, c, id)
	if unknown(err) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open[c.Target] = openEntry{id: id, change: c, requestID: receipt.RequestID, steps: steps}
		return receipt, err
	}
	outcome, requestID := Done, receipt.RequestID
	if err != nil {
		outcome = Failed
		var e *failure.Error
		if errors.As(err, &e) {
			requestID = cmp.Or(e.RequestID, requestID)
		}
	}
	// The outcome is recorded even if the user has interrupted.
	if endErr := s.journal.End(context.WithoutCancel(ctx), id, outcome, requestID); endErr != nil {
		receipt.Notes = append(receipt.Notes, "entry "+id+" stays pending: "+endErr.Error())
	}
	return receipt, err
}

// makeInner makes the change of an entry. It reports whether steps were begun.
func (s *store) makeInner(ctx context.Context, c callback.Change, id string) (receipt callback.Receipt, steps bool, err error) {
	inner, ok := s.inner.(SteppedStore)
	if !ok {
		receipt, err = s.inner.Make(ctx, c)
		return receipt, false, err
	}
	receipt, err = inner.MakeInSteps(ctx, c, func(ctx context.Context) error {
		err := s.journal.Steps(ctx, id)
		steps = err == nil
		return err
	})
	return receipt, steps, err
}

func unknown(err error) bool {
	var e *failure.Error
	return errors.As(err, &e) && e.Unknown || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
