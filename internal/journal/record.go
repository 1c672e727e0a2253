package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// maxLine is the greatest length of a line in bytes. The longest entry holds two
// URLs of 64 KiB, which can be six times as long in JSON.
const maxLine = 1 << 20

// The operations of a line.
const (
	opBegin = "begin"
	opSteps = "steps" // the change will be made by a deletion and a creation
	opEnd   = "end"
)

// record is one line of the file: the beginning of an entry, its steps, or its end.
type record struct {
	Op   string    `json:"op"`
	ID   string    `json:"id"`
	Time time.Time `json:"time"`

	*Account                // of the beginning
	Who      string         `json:"who,omitempty"`
	Command  string         `json:"command,omitempty"`
	Run      string         `json:"run,omitempty"` // the run that the entry belongs to, see run
	Scope    callback.Scope `json:"scope,omitempty"`
	Sender   string         `json:"sender,omitempty"`
	Old      string         `json:"old,omitempty"`
	New      string         `json:"new,omitempty"`
	Blind    bool           `json:"blind,omitempty"` // Old is not known

	Outcome   Outcome `json:"outcome"`
	RequestID string  `json:"request_id,omitempty"`
	Note      string  `json:"note,omitempty"`
}

func beginRecord(e Entry) record {
	return record{
		Op: opBegin, Time: e.Time, Outcome: Pending, Account: &e.Account, Who: e.Who, Command: e.Command,
		Scope: e.Change.Target.Scope(), Sender: e.Change.Target.Address(), Old: e.Change.Old.Whole(), New: e.Change.New.Whole(),
		Blind: e.Change.Blind,
	}
}

// entry returns the entry that the record begins. It fails if the record has no
// valid target, which happens only in a file that was edited by hand.
func (r record) entry() (Entry, error) {
	e := Entry{ID: r.ID, Time: r.Time, Who: r.Who, Command: r.Command, RequestID: r.RequestID, Outcome: r.Outcome, Note: r.Note, run: r.Run}
	if r.Account != nil {
		e.Account = *r.Account
	}
	if r.Scope != callback.ScopeAccount && r.Scope != callback.ScopeSender {
		return Entry{}, errors.New("it has no valid scope")
	}
	target, err := callback.NewTarget(r.Scope, r.Sender)
	if err != nil {
		return Entry{}, errors.New("it has no valid sender")
	}
	e.Change = callback.NewChange(target, callback.NewURL(r.Old), callback.NewURL(r.New))
	if r.Blind {
		e.Change = callback.NewBlindChange(target, callback.NewURL(r.New), false)
	}
	return e, nil
}

// line returns the record as one line with its line end.
func (r record) line() ([]byte, error) {
	line, err := encode(r)
	if err != nil {
		return nil, err
	}
	if len(line) > maxLine {
		return nil, errors.New("it does not fit into a line of the journal")
	}
	return line, nil
}

// encode returns a value as one line of JSON.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // URLs often contain &
	err := encoder.Encode(value)
	return out.Bytes(), err
}

// parseRecord reads one line without its line end.
func parseRecord(line []byte) (record, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		// The text of the error may quote the line, and the line holds a URL.
		return record{}, errors.New("it is not a complete JSON object")
	}
	switch {
	case r.Op != opBegin && r.Op != opSteps && r.Op != opEnd:
		return record{}, errors.New("it neither begins nor ends an entry")
	case !validID(r.ID):
		return record{}, errors.New("it has no valid id")
	case r.Outcome != Pending && r.Outcome != Done && r.Outcome != Failed:
		return record{}, errors.New("it has no valid outcome")
	}
	return r, nil
}
