package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sesctl/sesctl/internal/files"
)

// Damage is a line of the file that could not be read and was skipped.
type Damage struct {
	Line   int // from 1
	Reason string
}

func (d Damage) String() string { return fmt.Sprintf("line %d was skipped: %s", d.Line, d.Reason) }

// History is the content of the file.
type History struct {
	Entries []Entry // newest first
	Damage  []Damage
}

// Read returns the content of the file. A file that does not exist has no entries.
func (j *Journal) Read(ctx context.Context) (History, error) {
	var h History
	err := j.reading(ctx, func(f *os.File) (err error) {
		h, err = readHistory(f)
		return err
	})
	if err != nil {
		return History{}, err
	}
	return h, nil
}

// reading calls read with the file, if it exists, while nobody writes.
func (j *Journal) reading(ctx context.Context, read func(*os.File) error) (err error) {
	f, err := files.OpenKept(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return j.fail("read", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = j.fail("read", closeErr)
		}
	}()
	// Without the lock, a line that another process is writing at this moment
	// looks like damage. If no lock file can be created, nobody writes either.
	unlock, err := j.lock(ctx, files.Shared)
	switch {
	case files.CannotLock(err):
		unlock = func() error { return nil }
	case err != nil:
		return j.fail("read", err)
	}
	if err := errors.Join(read(f), unlock()); err != nil {
		return j.fail("read", err)
	}
	return nil
}

func readHistory(f io.Reader) (History, error) {
	var h History
	place := map[string]int{} // of an entry, by its id
	reader := bufio.NewReaderSize(f, 64<<10)
	for n := 1; ; n++ {
		line, whole, err := readLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return History{}, err
		}
		if len(line) > 0 {
			if reason := h.add(line, place); reason != "" {
				if !whole {
					reason = "it is incomplete"
				}
				h.Damage = append(h.Damage, Damage{Line: n, Reason: reason})
			}
		}
		if err != nil {
			break
		}
	}
	slices.Reverse(h.Entries)
	return h, nil
}

// add adds one line to the history, or returns why it cannot.
func (h *History) add(line []byte, place map[string]int) string {
	r, err := parseRecord(line)
	if err != nil {
		return err.Error()
	}
	i, known := place[r.ID]
	switch {
	case r.Op == opBegin && known:
		return "its id is already in use"
	case r.Op == opBegin:
		e, err := r.entry()
		if err != nil {
			return err.Error()
		}
		place[r.ID] = len(h.Entries)
		h.Entries = append(h.Entries, e)
	case !known:
		return "it belongs to an entry that does not exist"
	case r.Op == opSteps:
		h.Entries[i].steps = true
	default:
		e := &h.Entries[i]
		e.Outcome, e.Note = r.Outcome, r.Note
		if r.RequestID != "" {
			e.RequestID = r.RequestID
		}
	}
	return ""
}

// readLine returns the next line without its line end. The result whole is false
// if the file ends before the line does. If a line is too long, only its beginning
// is returned, which is not a valid record.
func readLine(reader *bufio.Reader) (line []byte, whole bool, err error) {
	for {
		part, err := reader.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		switch {
		case err == nil:
			if line[len(line)-1] == '\n' {
				line = line[:len(line)-1]
			}
			return line, true, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, false, err
		}
	}
}
