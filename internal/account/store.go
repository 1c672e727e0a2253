package account

import (
	"cmp"
	"context"
	"time"

	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Store returns the callbacks of the account. Every change is in the journal before it
// is sent. Reading callbacks settles what killed processes left pending there.
func (a *Account) Store(ctx context.Context) (callback.Store, error) {
	client, err := a.Client(ctx)
	if err != nil {
		return nil, err
	}
	j, err := a.Journal()
	if err != nil {
		return unrecorded{client, err}, nil
	}
	author, err := a.author()
	if err != nil {
		return nil, err
	}
	return recorded{Store: journal.Store(client, j, author), at: a, journal: j, identity: author.Account}, nil
}

// ReadyToRecord fails if a change could not be recorded. Call it before anything is asked
// or sent, so that no work is half done when the error comes.
func (a *Account) ReadyToRecord(ctx context.Context) error {
	j, err := a.Journal()
	if err != nil {
		return err
	}
	return j.Ready(ctx)
}

// unrecorded is a store that only reads, because there is no place for the journal.
type unrecorded struct {
	callback.Store
	why error
}

func (u unrecorded) Make(context.Context, callback.Change) (callback.Receipt, error) {
	return callback.Receipt{}, u.why
}

// recorded is a store whose changes are in the journal.
type recorded struct {
	callback.Store
	at       *Account
	journal  *journal.Journal
	identity journal.Account
}

func (r recorded) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	if parts&callback.PartCallbacks == 0 {
		return r.Store.Load(ctx, parts)
	}
	left, unread := r.journal.Left(ctx, r.identity)
	snapshot, err := r.Store.Load(ctx, parts)
	if err != nil {
		return snapshot, err
	}
	settled, unsettled := r.journal.Settle(ctx, left, snapshot.Callbacks, parts)
	if err := cmp.Or(unread, unsettled); err != nil {
		r.at.notify(Unread{err})
	}
	if len(settled.Ended) > 0 {
		r.at.notify(Settled{settled.Ended})
	}
	r.at.lookAtLoans()
	if len(settled.CutOff) == 0 {
		return snapshot, nil
	}
	r.repairAll(ctx, settled.CutOff)
	return r.Store.Load(ctx, parts) // a repair may have an unknown outcome
}

// lookAtLoans reports, once, the loans that killed processes have left.
func (a *Account) lookAtLoans() {
	if a.loansLooked {
		return
	}
	a.loansLooked = true
	loans, err := a.AbandonedLoans()
	if err != nil {
		a.notify(Unread{err})
	}
	if len(loans) > 0 {
		a.notify(Abandoned{loans})
	}
}

// repairAll restores the callbacks that killed processes have deleted. If several entries
// have the same target, the newest counts.
func (r recorded) repairAll(ctx context.Context, entries []journal.Entry) {
	if r.at.repairTried == nil {
		r.at.repairTried = map[string]bool{}
	}
	tried, repaired := r.at.repairTried, map[callback.Target]callback.URL{}
	for _, entry := range entries {
		if tried[entry.ID] {
			continue
		}
		tried[entry.ID] = true
		target := entry.Change.Target
		url, known := repaired[target]
		switch {
		case !known:
			repaired[target] = r.repair(ctx, entry)
		case !url.IsZero():
			r.end(ctx, entry, url)
		}
	}
}

// grace is how long the repair of a callback may take after an interrupt.
const grace = 10 * time.Second

// repair creates the callback that a killed process has deleted and not created again,
// and returns its URL. Until then the target has none, and its events may be lost, so
// this does not wait for a command that writes. If it fails, the zero URL is returned,
// and the next command tries again.
func (r recorded) repair(ctx context.Context, entry journal.Entry) callback.URL {
	target, url := entry.Change.Target, r.afterCutOff(entry)
	receipt, err := callback.Make(ctx, r.Store, callback.NewChange(target, callback.URL{}, url), callback.Settling{Grace: grace})
	if err == nil {
		r.end(ctx, entry, url)
	}
	r.at.notify(Repaired{Entry: entry, URL: url, Receipt: receipt, Err: err})
	if err != nil {
		return callback.URL{}
	}
	return url
}

func (r recorded) end(ctx context.Context, entry journal.Entry, url callback.URL) {
	if err := r.journal.EndCutOff(context.WithoutCancel(ctx), entry, url); err != nil {
		r.at.notify(Pending{entry.ID, err})
	}
}

// afterCutOff returns the URL that a target gets after its change was cut off. Most
// changes are undone, as if they had failed. Two kinds are finished instead: a change that
// gave a borrowed callback back, and a blind change, whose previous URL is not known.
func (r recorded) afterCutOff(entry journal.Entry) callback.URL {
	if entry.Change.Blind {
		return entry.Change.New
	}
	folder, err := r.at.Loans()
	if err != nil {
		return entry.Change.Old
	}
	loan, found, err := folder.Find(r.identity, entry.Change.Target)
	if err == nil && found && loan.Borrowed.Old.Same(entry.Change.New) && loan.Borrowed.New.Same(entry.Change.Old) {
		return entry.Change.New
	}
	return entry.Change.Old
}
