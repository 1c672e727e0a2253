package journal

import (
	"context"
	"errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Author says on whose behalf changes are recorded.
type Author struct {
	Account Account
	Who     string // the user of the operating system
}

// Store returns a store that records each change of inner before it is sent, and
// its end after. An entry stays pending where the outcome is not known, as an
// [failure.Error] with Unknown says, and where the context ended.
func Store(inner callback.Store, j *Journal, author Author) callback.Store {
	return &store{inner: inner, journal: j, author: author}
}

type store struct {
	inner   callback.Store
	journal *Journal
	author  Author
}

func (s *store) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	return s.inner.Load(ctx, parts)
}

func (s *store) Put(ctx context.Context, c callback.Callback, old string) (callback.Receipt, error) {
	return s.record(ctx, c.Target, old, c.URL, func() (callback.Receipt, error) { return s.inner.Put(ctx, c, old) })
}

func (s *store) Delete(ctx context.Context, c callback.Callback) (callback.Receipt, error) {
	return s.record(ctx, c.Target, c.URL, "", func() (callback.Receipt, error) { return s.inner.Delete(ctx, c) })
}

func (s *store) record(ctx context.Context, target callback.Target, old, url string, change func() (callback.Receipt, error)) (callback.Receipt, error) {
	id, err := s.journal.Begin(ctx, Entry{
		Profile: s.author.Account.Profile, Endpoint: s.author.Account.Endpoint, Region: s.author.Account.Region, Who: s.author.Who,
		Scope: target.Scope(), Sender: target.Address(), Old: old, New: url,
	})
	if err != nil {
		return callback.Receipt{}, err
	}
	receipt, err := change()
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
