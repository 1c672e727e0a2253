package cli

import (
	"context"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// mendAll puts back what killed processes have deleted. Of several entries of one
// target the newest counts.
func (r recorded) mendAll(ctx context.Context, entries []journal.Entry) {
	if r.app.mendTried == nil {
		r.app.mendTried = map[string]bool{}
	}
	tried, mended := r.app.mendTried, map[callback.Target]callback.URL{}
	for _, entry := range entries {
		if tried[entry.ID] {
			continue
		}
		tried[entry.ID] = true
		target := entry.Change.Target
		url, known := mended[target]
		switch {
		case !known:
			url = r.mend(ctx, entry)
			mended[target] = url
		case !url.IsZero():
			if err := r.journal.EndCutOff(context.WithoutCancel(ctx), entry, url); err != nil {
				r.app.warn("entry %s stays pending: %v", entry.ID, err)
			}
		}
	}
}

// mend creates the callback that a killed process has deleted and not created again,
// and returns its URL. Until then the target has none, and its events may be lost, so
// this does not wait for a command that writes. If it fails, the zero URL is returned,
// and the next command tries again.
func (r recorded) mend(ctx context.Context, entry journal.Entry) callback.URL {
	target, url := entry.Change.Target, r.afterCutOff(entry)
	a := r.app
	receipt, err := callback.Make(ctx, r.Store, callback.NewChange(target, callback.URL{}, url), settling())
	if err != nil {
		a.warn("%s is missing: a change was cut off between deletion and creation (%s), and it cannot be put back to %s: %v",
			possessive(target), entry.ID, a.url(url), err)
		a.warn("the next command tries again; to set it yourself: %s", failure.Command("sesctl", "callback", "set", "--sender", target.Address(), "URL"))
		return callback.URL{}
	}
	a.notes(receipt)
	if err := r.journal.EndCutOff(context.WithoutCancel(ctx), entry, url); err != nil {
		a.warn("entry %s stays pending: %v", entry.ID, err)
	}
	a.warn("a change was cut off between deletion and creation (%s), and %s was missing; it is %s again", entry.ID, possessive(target), a.url(url))
	return url
}

// afterCutOff returns the URL that a target gets after a change of it was cut off. A
// change is undone, as if it had failed. But one that gave a borrowed callback back is
// finished, and so is one that was made blind, because the former URL is not known.
func (r recorded) afterCutOff(entry journal.Entry) callback.URL {
	if entry.Change.Blind {
		return entry.Change.New
	}
	folder, account, err := r.app.loans()
	if err != nil {
		return entry.Change.Old
	}
	loan, found, err := folder.Find(account, entry.Change.Target)
	if err == nil && found && loan.Borrowed.Old.Same(entry.Change.New) && loan.Borrowed.New.Same(entry.Change.Old) {
		return entry.Change.New
	}
	return entry.Change.Old
}
