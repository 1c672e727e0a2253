package journal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

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
	open := false
	err := j.reading(ctx, func(f io.Reader) (err error) {
		open, err = anyOpen(f)
		return err
	})
	if err != nil || !open {
		return nil, err
	}
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

// anyOpen reports whether a file may hold an entry without an end. It looks at no
// more of each line than it must, because every command that reads an account
// asks, and a journal only grows.
func anyOpen(f io.Reader) (bool, error) {
	open := map[string]bool{}
	reader := bufio.NewReaderSize(f, 64<<10)
	for {
		line, _, err := readLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if id, isEnd, plain := lineID(line); plain && isEnd {
			delete(open, string(id))
		} else if plain {
			open[string(id)] = true
		} else if _, damaged := parseRecord(line); damaged == nil {
			return true, nil // whole, and not as this program writes it
		}
		if err != nil {
			return len(open) > 0, nil
		}
	}
}

// lineID returns the id of a line that stands as [record.line] writes it; of a
// line that ends an entry, only if it is whole.
func lineID(line []byte) (id []byte, isEnd, plain bool) {
	rest, isBegin := bytes.CutPrefix(line, []byte(`{"op":"begin","id":"`))
	if !isBegin {
		if rest, isEnd = bytes.CutPrefix(line, []byte(`{"op":"end","id":"`)); !isEnd {
			return nil, false, false
		}
	}
	if len(rest) < idLength+1 || rest[idLength] != '"' || isEnd && (!json.Valid(line) || bytes.Contains(line, []byte(Pending))) {
		return nil, false, false
	}
	return rest[:idLength], isEnd, true
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
