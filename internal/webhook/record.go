package webhook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// Record is a received event as it is saved: one line of JSON.
type Record struct {
	Received time.Time         `json:"received"`
	Remote   string            `json:"remote,omitempty"`  // address of the sender
	Headers  map[string]string `json:"headers,omitempty"` // those that tell of the sender; never Authorization or Cookie
	Body     json.RawMessage   `json:"body"`              // the object as it came, but for line ends between its tokens
}

// maxRecord bounds a line: a body as large as is accepted, and its headers.
const maxRecord = event.DefaultMaxBody + 256<<10

// savedHeaders picks the headers that are worth keeping. What SES sends is not
// documented, so that these are also how one finds out.
func savedHeaders(h http.Header) map[string]string {
	saved := map[string]string{}
	for name, values := range h {
		switch {
		case name == "Content-Type", name == "User-Agent", name == TestHeader,
			strings.HasPrefix(name, "X-Tencent"), strings.HasPrefix(name, "X-Tc-"):
			saved[name] = strings.Join(values, ", ")
		}
	}
	return saved
}

// appendLine appends the record and a line end. Line ends in the body can only
// be white space between tokens, as it is valid JSON.
func (r Record) appendLine(out []byte) []byte {
	out = append(out, `{"received":"`...)
	out = r.Received.UTC().AppendFormat(out, time.RFC3339Nano)
	out = append(out, '"')
	if r.Remote != "" {
		out = appendQuoted(append(out, `,"remote":`...), r.Remote)
	}
	if len(r.Headers) > 0 {
		out = append(out, `,"headers":{`...)
		for i, name := range slices.Sorted(maps.Keys(r.Headers)) {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendQuoted(out, name)
			out = appendQuoted(append(out, ':'), r.Headers[name])
		}
		out = append(out, '}')
	}
	out = append(out, `,"body":`...)
	start := len(out)
	out = append(out, r.Body...)
	for i := start; i < len(out); i++ {
		if out[i] == '\n' || out[i] == '\r' {
			out[i] = ' '
		}
	}
	return append(out, "}\n"...)
}

func appendQuoted(out []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(out, `""`...) // a string always encodes
	}
	return append(out, quoted...)
}

// TornError is of a line that was not written to its end: the process or the
// disk failed. The event in it was never answered with success.
type TornError struct {
	Line int
}

func (e *TornError) Error() string {
	return fmt.Sprintf("line %d was not written to its end; its event was not confirmed to the sender", e.Line)
}

// ReadRecords reads saved events in order. A torn line yields a *[TornError],
// and reading goes on; a line that is anything else yields an error that names
// it, and ends the reading, as does a failure of r. Blank lines are passed over.
func ReadRecords(r io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		lines := bufio.NewReaderSize(r, maxRecord)
		for number := 1; ; number++ {
			line, err := lines.ReadSlice('\n')
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				yield(Record{}, fmt.Errorf("line %d has more than %d bytes: it is not a saved event", number, maxRecord))
				return
			case err != nil && !errors.Is(err, io.EOF):
				yield(Record{}, fmt.Errorf("read line %d: %w", number, err))
				return
			}
			if text := bytes.TrimSpace(line); len(text) > 0 {
				record, parseErr := parseRecord(text, number)
				var torn *TornError
				if !yield(record, parseErr) || parseErr != nil && !errors.As(parseErr, &torn) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

func parseRecord(line []byte, number int) (Record, error) {
	var record Record
	err := json.Unmarshal(line, &record)
	beginning := []byte(`{"received":"`)
	switch {
	case err == nil && !record.Received.IsZero() && event.CheckObject(record.Body) == nil:
		record.Body = bytes.Clone(record.Body)
		return record, nil
	case !json.Valid(line) && (bytes.HasPrefix(line, beginning) || bytes.HasPrefix(beginning, line)):
		return Record{}, &TornError{number}
	}
	return Record{}, fmt.Errorf("line %d is not a saved event", number)
}
