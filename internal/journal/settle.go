package journal

import (
	"context"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Settle writes an end to the pending entries of an account by what was read
// from it: where the new URL is there, the change was done; where the old one
// is, it failed; where there is something else, it failed too, and a note says
// so. Parts tells what was read; entries of other parts stay pending. It returns
// the entries that it settled, newest first.
//
// A process that is still at work on an entry writes its own end later, and the
// last end holds.
func (j *Journal) Settle(ctx context.Context, account Account, read callback.Set, parts callback.Parts) ([]Entry, error) {
	h, err := j.Read(ctx)
	if err != nil {
		return nil, err
	}
	var settled []Entry
	for i, e := range h.Entries {
		if e.Outcome != Pending || e.Account() != account {
			continue
		}
		target, err := e.Target()
		if err != nil || callback.PartOf(target)&parts == 0 {
			continue
		}
		// What came next on the same target began by reading what this one left.
		found := read.URL(target)
		for _, later := range h.Entries[:i] {
			if later.Account() == account && later.Scope == e.Scope && later.Sender == e.Sender {
				found = later.Old
			}
		}
		e.Outcome, e.Note = settledBy(e, found)
		if _, err := j.append(ctx, record{Op: opEnd, ID: e.ID, Time: j.timestamp(), Outcome: e.Outcome, Note: e.Note}); err != nil {
			return settled, err
		}
		settled = append(settled, e)
	}
	return settled, nil
}

func settledBy(e Entry, found string) (Outcome, string) {
	switch {
	case callback.SameURL(found, e.New):
		return Done, "settled by reading: it had been done"
	case callback.SameURL(found, e.Old):
		return Failed, "settled by reading: it had not been done"
	case found == "":
		return Failed, "settled by reading: no callback was there any more"
	}
	return Failed, "settled by reading: another callback was there"
}
