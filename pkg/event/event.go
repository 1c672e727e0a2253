package event

import (
	"encoding/json"
	"strings"
	"time"
)

// Type is what happened: the field "event". A value that is not one of the
// constants is kept as it came; [Type.Known] detects that.
type Type string

// The documented types, in the order of their eventid.
const (
	Delivered   Type = "delivered"
	Dropped     Type = "dropped"
	Bounce      Type = "bounce"
	Open        Type = "open"
	Click       Type = "click"
	SpamReport  Type = "spamreport"
	Unsubscribe Type = "unsubscribe"
	Deferred    Type = "deferred"
)

// Processed is an intermediate state. Only the documentation of 2021-02-07 has it,
// and there may be no event for it.
const Processed Type = "processed"

// BounceType is how a recipient's mail server refused an email.
type BounceType string

// The bounce types. Older pages call them "soft" and "hard"; [Decode] turns
// those into these.
const (
	SoftBounce BounceType = "soft_bounce"
	HardBounce BounceType = "hard_bounce"
)

// HeaderPrefix begins the names of the headers of an email that come back in
// its events, under their own names.
const HeaderPrefix = "X-Tencentcloudses-Cb-"

// Event is one event. A field that is zero was not in the payload, or had its zero
// value there; [Encode] keeps the difference.
type Event struct {
	Type          Type
	Email         string // the recipient
	BulkID        string // the MessageId that SendEmail returned
	Timestamp     int64  // when it happened, in seconds since 1970
	Reason        string // why the delivery failed
	BounceType    BounceType
	Link          string // what was clicked
	UserAgent     string // of who opened or clicked
	Username      string // the appId of the account
	From          string // the sender address, without its name
	FromDomain    string
	TemplateID    int64
	Subject       string // MIME-encoded if it is not ASCII; see SubjectText
	MessageID     string // the Message-ID of SMTP
	EventID       int64  // the number of Type
	TaskID        int64  // of the batch task
	SentTimestamp int64  // when the email was sent, in seconds since 1970; only the sample of the documentation has it

	// Extra holds every other field as JSON, such as the headers that begin with
	// HeaderPrefix, and the JSON of the fields in Problems. Encode writes them back.
	Extra map[string]json.RawMessage

	// Problems lists the fields that Decode could not read as documented. It is
	// empty for an event that is as documented.
	Problems []*DecodeError

	// empty has a bit for each field of the table that the payload has with its
	// zero value.
	empty uint32
}

// Time returns when the event happened.
func (e Event) Time() time.Time { return time.Unix(e.Timestamp, 0) }

// Headers returns the headers of the email that came back with the event, by
// name. A value that is not a string is left out.
func (e Event) Headers() map[string]string {
	headers := map[string]string{}
	for name, raw := range e.Extra {
		var value string
		if IsHeader(name) && json.Unmarshal(raw, &value) == nil {
			headers[name] = value
		}
	}
	return headers
}

// Header returns the value of a header that came back with the event, or "".
// The case of the name does not count; it may leave out [HeaderPrefix].
func (e Event) Header(name string) string {
	if !IsHeader(name) {
		name = HeaderPrefix + name
	}
	value, _ := e.Get(name)
	return value
}

// IsHeader reports whether a field is a header that came back with the event: its name
// begins with [HeaderPrefix], in any case, and continues.
func IsHeader(name string) bool {
	return len(name) > len(HeaderPrefix) && strings.EqualFold(name[:len(HeaderPrefix)], HeaderPrefix)
}
