package journal

import (
	"slices"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Find returns the entry with an id that a user typed. Case does not matter, nor
// do letters that look like digits. If there is no such entry, the error has kind
// not_found.
func (h History) Find(id string) (Entry, error) {
	i := h.index(id)
	if i < 0 {
		return Entry{}, failure.New(failure.NotFound, "the journal has no entry %s", callback.Quote(id)).
			WithHint("'sesctl callback history' lists the entries")
	}
	return h.Entries[i], nil
}

func (h History) index(id string) int {
	id = foldID(id)
	return slices.IndexFunc(h.Entries, func(e Entry) bool { return e.ID == id })
}

// Before returns the callbacks as they were before an entry. It starts with
// current. For each target that this entry or a later entry of its account
// changed, it restores the previous callback. Changes by others to other targets
// stay. Before fails for an entry of another account.
func (h History) Before(id string, account Account, current callback.Set) (callback.Set, error) {
	entry, err := h.Find(id)
	if err != nil {
		return callback.Set{}, err
	}
	if entry.Account != account {
		return callback.Set{}, failure.New(failure.Usage, "entry %s belongs to another account: profile %s, region %s, endpoint %s",
			entry.ID, callback.Quote(entry.Account.Profile), callback.Quote(entry.Account.Region), callback.Quote(entry.Account.Endpoint)).
			WithHint("use the same profile, region and endpoint")
	}
	// The newest entry comes first, so the oldest entry of a target decides.
	for _, e := range h.Entries[:h.index(id)+1] {
		if e.Account == account && e.Outcome != Failed && e.Change.Blind {
			return callback.Set{}, failure.New(failure.Failure, "entry %s was made with --blind, so the previous callback is unknown", e.ID).
				WithHint("set the callback with 'sesctl callback set'")
		}
		if e.Account == account && e.Outcome != Failed {
			current = current.With(e.Change.Target, e.Change.Old)
		}
	}
	return current, nil
}

// Written returns the last entry that this machine wrote for each target of an
// account. These are the current callbacks if nobody else changed them. A target
// that was deleted has the zero URL.
func (h History) Written(account Account) map[callback.Target]Entry {
	last := map[callback.Target]Entry{}
	for _, e := range h.Entries { // newest first
		if _, known := last[e.Change.Target]; !known && e.Account == account && e.Outcome == Done {
			last[e.Change.Target] = e
		}
	}
	return last
}
