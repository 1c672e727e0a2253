package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// maxLine bounds one line. The longest entry holds two URLs of 64 KiB, of which
// JSON may make six times as much.
const maxLine = 1 << 20

// The operations of a line.
const (
	opBegin = "begin"
	opEnd   = "end"
)

// record is one line of the file: the begin of an entry, or its end.
type record struct {
	Op   string    `json:"op"`
	ID   string    `json:"id"`
	Time time.Time `json:"time"`

	Profile  string         `json:"profile,omitempty"`
	Endpoint string         `json:"endpoint,omitempty"`
	Region   string         `json:"region,omitempty"`
	Who      string         `json:"who,omitempty"`
	Run      string         `json:"run,omitempty"` // whose entry it is, see run
	Scope    callback.Scope `json:"scope,omitempty"`
	Sender   string         `json:"sender,omitempty"`
	Old      string         `json:"old,omitempty"`
	New      string         `json:"new,omitempty"`

	Outcome   Outcome `json:"outcome"`
	RequestID string  `json:"request_id,omitempty"`
	Note      string  `json:"note,omitempty"`
}

func beginRecord(e Entry) record {
	return record{
		Op: opBegin, Time: e.Time, Outcome: Pending,
		Profile: e.Profile, Endpoint: e.Endpoint, Region: e.Region, Who: e.Who,
		Scope: e.Scope, Sender: e.Sender, Old: e.Old, New: e.New,
	}
}

func (r record) entry() Entry {
	return Entry{
		ID: r.ID, Time: r.Time, Profile: r.Profile, Endpoint: r.Endpoint, Region: r.Region, Who: r.Who, run: r.Run,
		Scope: r.Scope, Sender: r.Sender, Old: r.Old, New: r.New,
		RequestID: r.RequestID, Outcome: r.Outcome, Note: r.Note,
	}
}

// line returns the record as one line with its end.
func (r record) line() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // URLs are full of &
	if err := encoder.Encode(r); err != nil {
		return nil, err
	}
	if out.Len() > maxLine {
		return nil, errors.New("it does not fit into a line of the journal")
	}
	return out.Bytes(), nil
}

// parseRecord reads one line without its end.
func parseRecord(line []byte) (record, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		// The text of the error may quote the line, and that holds a URL.
		return record{}, errors.New("it is not a whole JSON object")
	}
	switch {
	case r.Op != opBegin && r.Op != opEnd:
		return record{}, errors.New("it neither begins nor ends an entry")
	case !validID(r.ID):
		return record{}, errors.New("it has no valid id")
	case r.Op == opBegin && r.Scope != callback.ScopeAccount && r.Scope != callback.ScopeSender:
		return record{}, errors.New("it has no valid scope")
	case r.Outcome != Pending && r.Outcome != Done && r.Outcome != Failed:
		return record{}, errors.New("it has no valid outcome")
	}
	return r, nil
}
