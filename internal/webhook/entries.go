package webhook

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/sesctl/sesctl/pkg/event"
)

// Entry is an event of a file.
type Entry struct {
	Record
	Number int    // of the entry in its file, from 1
	Line   int    // on which it begins, from 1
	Status int    // of the answer to it; 0 if the file does not have it
	Error  string // why the answer was not a success

	// Failed is the id of an earlier record. The entry is then not an event, and
	// reports the answer to that record.
	Failed string
}

// TornError reports a line that was not written to its end: the process or the disk
// failed. The event in it was never answered with success.
type TornError struct {
	Line int
}

func (e *TornError) Error() string {
	return fmt.Sprintf("line %d is incomplete; its event was not answered with success", e.Line)
}

// NoEventError reports a line that does not have an event.
type NoEventError struct {
	Line int
}

func (e *NoEventError) Error() string { return fmt.Sprintf("line %d is not an event", e.Line) }

// ReadRecords reads events in order. It reads what [Archive] saves, what 'event listen'
// prints with -o json and with -q, and plain payloads: one on a line, over several
// lines, or in arrays. The text may be compressed with gzip, and may have a byte order
// mark of UTF-8 or UTF-16.
//
// A torn line yields a *[TornError], any other line that is not an event yields a
// *[NoEventError], and reading goes on. A failure of r ends it. A saved record whose
// answer was not a success is followed, later, by an entry with Failed.
func ReadRecords(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		text, err := plainText(r)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		scanner := newObjectScanner(text)
		for number := 1; ; {
			found, err := scanner.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(Entry{}, err)
				}
				return
			}
			entry, err := found.entry()
			if err == nil && entry.Failed == "" {
				entry.Number = number
				number++
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

// plainText removes gzip and a byte order mark.
func plainText(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	if begin, _ := in.Peek(2); bytes.Equal(begin, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("the file begins like a gzip file, but is damaged: %w", err)
		}
		in = bufio.NewReader(unzipped)
	}
	begin, _ := in.Peek(3)
	for _, mark := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(begin, []byte(mark)) {
			return transform.NewReader(in, unicode.BOMOverride(transform.Nop)), nil
		}
	}
	return in, nil
}

// found is an object in a text, or a line that has none.
type found struct {
	object []byte // nil for none; valid until the next call of the scanner
	torn   bool
	line   int
}

// entry reads an object: a payload, a record, or a note about a record.
func (f found) entry() (Entry, error) {
	switch {
	case f.torn:
		return Entry{}, &TornError{f.line}
	case f.object == nil:
		return Entry{}, &NoEventError{f.line}
	}
	if e, err := event.Decode(f.object); err == nil {
		entry := Entry{Line: f.line}
		if e.Timestamp != 0 {
			entry.Received = time.Unix(e.Timestamp, 0).UTC()
		}
		entry.setBody(bytes.Clone(f.object))
		return entry, nil
	}
	var saved struct {
		Record
		Status int    `json:"status"`
		Error  string `json:"error"`
		Failed string `json:"failed"`
	}
	if err := json.Unmarshal(f.object, &saved); err != nil {
		return Entry{}, &NoEventError{f.line}
	}
	entry := Entry{Record: saved.Record, Line: f.line, Status: saved.Status, Error: saved.Error, Failed: saved.Failed}
	if entry.Failed == "" && !entry.isRecord() {
		return Entry{}, &NoEventError{f.line}
	}
	return entry, nil
}

// isRecord reports whether a record was saved here, or has a documented event.
func (r Record) isRecord() bool {
	if r.Body == nil {
		return r.Raw != nil && !r.Received.IsZero()
	}
	_, err := event.Decode(r.Body)
	return err == nil || !r.Received.IsZero() && event.CheckObject(r.Body) == nil
}
