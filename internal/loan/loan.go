package loan

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Loan is the loan of one target, which this process holds.
type Loan struct {
	Record
	path     string
	lock     *files.Lock
	recorded bool
}

// Recorded reports whether there is something to settle: this process borrowed the
// callback, or a process that was killed did and left the record.
func (l *Loan) Recorded() bool { return l.recorded }

// Release lets other processes borrow the target. What is recorded stays.
func (l *Loan) Release() error { return l.lock.Release() }

// Begin records a loan and then makes its change, from the previous URL to the
// borrowed one. If it fails after the record was written, [Loan.Recorded] is true
// and the caller settles the loan.
func (l *Loan) Begin(ctx context.Context, store callback.Store, r Record, settling callback.Settling) (callback.Receipt, error) {
	if err := r.write(l.path); err != nil {
		_ = os.Remove(l.path) // it may exist, but not durably
		return callback.Receipt{}, failure.New(failure.Failure, "cannot record the callback before it is borrowed: %w; nothing was changed", err).
			WithHints(files.Advice(err), hintElsewhere)
	}
	l.Record, l.recorded = r, true
	return callback.Make(ctx, store, r.Borrowed, settling)
}

// Action is how a loan ended.
type Action string

// The ends of a loan.
const (
	Restored Action = "restored" // the previous URL is set again
	Deleted  Action = "deleted"  // there was no callback, and there is none again
	Back     Action = "back"     // the previous value was found
	Left     Action = "left"     // somebody else has set another value, which was left alone
	InUse    Action = "in_use"   // the process that borrowed it is alive
)

// Ending is how a loan ended.
type Ending struct {
	Record
	Action  Action
	Current callback.URL // what the callback is now
	Receipt callback.Receipt
}

// Settle restores the previous value if the callback still has the borrowed URL. It does
// not change a value that somebody else has set. Then it removes the record.
func (l *Loan) Settle(ctx context.Context, store callback.Store, settling callback.Settling) (Ending, error) {
	end := Ending{Record: l.Record}
	target, former := l.Borrowed.Target, l.Borrowed.Old
	snapshot, err := store.Load(ctx, callback.PartOf(target))
	if err != nil {
		return end, err
	}
	end.Current = snapshot.Callbacks.URL(target)
	switch l.Borrowed.Judge(end.Current) {
	case callback.VerdictNotMade:
		end.Action = Back
	case callback.VerdictMade:
		end.Receipt, err = callback.Make(ctx, store, callback.NewChange(target, end.Current, former), settling)
		if err != nil {
			return end, err
		}
		if end.Current, end.Action = former, Restored; former.IsZero() {
			end.Action = Deleted
		}
	default:
		end.Action = Left
	}
	return end, l.forget()
}

func (l *Loan) forget() error {
	if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failure.New(failure.Failure, "cannot remove the record of a borrowed callback: %w", err).WithHints(files.Advice(err))
	}
	l.recorded = false
	return nil
}
