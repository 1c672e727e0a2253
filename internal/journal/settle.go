package journal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Left holds the entries without an end whose process is no longer at work.
type Left struct {
	account Account
	ids     map[string]bool
}

// Left returns the entries of an account that were left without an end. Call it
// before you read the account: a reading must not settle a change that was made
// after it.
//
// Entries of a process that is still at work are not returned, because that
// process may not have recorded the outcome yet. The same is true for this
// process, see [Store].
func (j *Journal) Left(ctx context.Context, account Account) (Left, error) {
	left := Left{account: account, ids: map[string]bool{}}
	if open, err := j.anyOpen(ctx); err != nil || !open {
		return left, err
	}
	h, err := j.Read(ctx)
	if err != nil {
		return left, err
	}
	atWork := map[string]bool{}
	for _, e := range h.Entries {
		if e.Outcome != Pending || e.Account != account {
			continue
		}
		if _, known := atWork[e.run]; !known {
			atWork[e.run] = j.atWork(e.run)
		}
		if !atWork[e.run] {
			left.ids[e.ID] = true
		}
	}
	return left, nil
}

// Empty reports whether no entries were left.
func (l Left) Empty() bool { return len(l.ids) == 0 }

// Has reports whether the entry with an id was left.
func (l Left) Has(id string) bool { return l.ids[id] }

// Settled is the result for entries that were left, newest first.
type Settled struct {
	Ended []Entry // entries that have an end now
	// CutOff holds the entries whose process was killed between the deletion of a
	// callback and the creation of the next. They stay pending until
	// [Journal.EndCutOff].
	CutOff []Entry
}

// Settle writes an end for entries that were left. It uses the callbacks that were
// read from their account after the call of Left, and judges each change by
// [callback.Change.Judge]. A change that was not made has failed; a note gives the
// reason. Parts are the parts that were read; entries of other parts stay pending.
func (j *Journal) Settle(ctx context.Context, left Left, read callback.Set, parts callback.Parts) (Settled, error) {
	var settled Settled
	if len(left.ids) == 0 {
		return settled, nil
	}
	// Check again: a process that was still at work may have written an end before
	// it ended.
	h, err := j.Read(ctx)
	if err != nil {
		return settled, err
	}
	for i := range h.Entries {
		e := &h.Entries[i]
		if e.Outcome != Pending || !left.ids[e.ID] || callback.PartOf(e.Change.Target)&parts == 0 {
			continue
		}
		current := read.URL(e.Change.Target)
		found, isLast := h.found(i, current)
		if e.steps && isLast && current.IsZero() {
			settled.CutOff = append(settled.CutOff, *e)
			continue
		}
		e.Outcome, e.Note = settledBy(e.Change, found)
		if err := j.end(ctx, e.ID, e.Outcome, "", e.Note); err != nil {
			return settled, err
		}
		settled.Ended = append(settled.Ended, *e)
	}
	return settled, nil
}

// found returns the URL that entry i left at its target, if the target now has the
// URL current. If a later entry changes the same target, that entry holds the URL
// as its old URL. IsLast is true if no later entry has changed the target.
func (h History) found(i int, current callback.URL) (found callback.URL, isLast bool) {
	found, isLast = current, true
	for _, later := range h.Entries[:i] {
		if later.Account != h.Entries[i].Account || later.Change.Target != h.Entries[i].Change.Target {
			continue
		}
		found = later.Change.Old
		isLast = isLast && later.Outcome != Done
	}
	return found, isLast
}

// EndCutOff ends an entry that was cut off, when its target has a callback again.
// Restored is the URL of that callback.
func (j *Journal) EndCutOff(ctx context.Context, e Entry, restored callback.URL) error {
	outcome, note := Failed, "settled: it was interrupted between deletion and creation; the previous callback was restored"
	if restored.Same(e.Change.New) {
		outcome, note = Done, "settled: it was interrupted between deletion and creation, and is now complete"
	}
	return j.end(ctx, e.ID, outcome, "", note)
}

// anyOpen reports whether there may be an entry without an end. Every command that
// reads an account calls it, and a journal only grows. So it reads as little as
// possible of each line, and does not read again the lines whose entries have
// ended.
func (j *Journal) anyOpen(ctx context.Context) (open bool, err error) {
	j.ended.mu.Lock()
	defer j.ended.mu.Unlock()
	err = j.reading(ctx, func(f *os.File) error {
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if info.Size() < j.ended.size { // the file was replaced
			j.ended.size = 0
		}
		if _, err := f.Seek(j.ended.size, io.SeekStart); err != nil {
			return err
		}
		var size int64
		open, size, err = openLines(f)
		if !open {
			j.ended.size += size
		}
		return err
	})
	return open, err
}

// openLines reports whether lines leave an entry open, and the length of the
// complete lines.
func openLines(f io.Reader) (open bool, size int64, err error) {
	entries := map[string]bool{}
	reader := bufio.NewReaderSize(f, 64<<10)
	for {
		line, whole, err := readLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, 0, err
		}
		if whole {
			size += int64(len(line)) + 1
		}
		if whole && bytes.HasPrefix(line, []byte(`{"op":"steps",`)) {
			continue // the entry stays open
		}
		if id, isEnd, plain := lineID(line); plain && isEnd {
			delete(entries, string(id))
		} else if plain {
			entries[string(id)] = true
		} else if _, damaged := parseRecord(line); damaged == nil {
			return true, 0, nil // complete, but not written by this program
		}
		if err != nil {
			return len(entries) > 0, size, nil
		}
	}
}

// lineID returns the id of a line that is complete and that [record.line] wrote.
// Only the beginning of an entry ends with a pending outcome, and in the line of
// an end only the last character is a closing brace. So a line that was cut off is
// not plain.
func lineID(line []byte) (id []byte, isEnd, plain bool) {
	rest, isBegin := bytes.CutPrefix(line, []byte(`{"op":"begin","id":"`))
	if !isBegin {
		if rest, isEnd = bytes.CutPrefix(line, []byte(`{"op":"end","id":"`)); !isEnd {
			return nil, false, false
		}
	}
	whole := isBegin && bytes.HasSuffix(line, []byte(`,"outcome":"pending"}`)) ||
		isEnd && bytes.HasSuffix(line, []byte("}")) && (bytes.Contains(line, []byte(`,"outcome":"done"`)) || bytes.Contains(line, []byte(`,"outcome":"failed"`)))
	if len(rest) < idLength+1 || rest[idLength] != '"' || !whole {
		return nil, false, false
	}
	return rest[:idLength], isEnd, true
}

// settledBy returns the outcome and the note of a change for the URL that was
// found.
func settledBy(c callback.Change, found callback.URL) (Outcome, string) {
	switch c.Judge(found) {
	case callback.VerdictMade:
		return Done, "settled by reading: the change had been made"
	case callback.VerdictNotMade:
		return Failed, "settled by reading: the change had not been made"
	case callback.VerdictGone:
		return Failed, "settled by reading: the target had no callback"
	}
	return Failed, "settled by reading: the target had another callback"
}
