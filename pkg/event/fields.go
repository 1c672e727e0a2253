package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is the JSON type of a field.
type Kind string

// The kinds.
const (
	String Kind = "string"
	Int    Kind = "int"
)

func (k Kind) expected() string {
	if k == Int {
		return "an integer"
	}
	return "a string"
}

// Field is what the page says about a field of the payload.
type Field struct {
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Summary string `json:"summary"`
	Only    []Type `json:"only,omitempty"` // the types that carry it; none where all do
}

// field joins a Field to its place in an Event: one of text and number is set.
type field struct {
	Field
	text   func(*Event) *string
	number func(*Event) *int64
}

const fieldCount = 17

// table is the one place that says which fields there are. The order is that of
// the sample of the page, with what only its table has in between. The page
// calls the reason the "cause of email delivery failure": it goes with the
// types that are one.
func table() [fieldCount]field {
	text := func(name, summary string, at func(*Event) *string, only ...Type) field {
		return field{Field: Field{name, String, summary, only}, text: at}
	}
	number := func(name, summary string, at func(*Event) *int64) field {
		return field{Field: Field{name, Int, summary, nil}, number: at}
	}
	return [fieldCount]field{
		text("event", "what happened", func(e *Event) *string { return (*string)(&e.Type) }),
		text("email", "recipient address", func(e *Event) *string { return &e.Email }),
		text("bulkId", "the MessageId that SendEmail returned", func(e *Event) *string { return &e.BulkID }),
		number("timestamp", "when it happened, in seconds since 1970", func(e *Event) *int64 { return &e.Timestamp }),
		text("reason", "why the delivery failed", func(e *Event) *string { return &e.Reason }, Dropped, Bounce, Deferred),
		text("bounceType", "soft_bounce or hard_bounce", func(e *Event) *string { return (*string)(&e.BounceType) }, Bounce),
		text("link", "the URL that was clicked", func(e *Event) *string { return &e.Link }, Click),
		text("useragent", "the client that opened or clicked", func(e *Event) *string { return &e.UserAgent }, Open, Click),
		text("username", "appId of the account", func(e *Event) *string { return &e.Username }),
		text("from", "sender address without its name", func(e *Event) *string { return &e.From }),
		text("fromDomain", "domain of the sender address", func(e *Event) *string { return &e.FromDomain }),
		number("templateId", "template of the email", func(e *Event) *int64 { return &e.TemplateID }),
		text("subject", "subject, MIME-encoded where it is not ASCII", func(e *Event) *string { return &e.Subject }),
		text("messageId", "Message-ID of SMTP", func(e *Event) *string { return &e.MessageID }),
		number("eventid", "the number of the type", func(e *Event) *int64 { return &e.EventID }),
		number("taskId", "batch task", func(e *Event) *int64 { return &e.TaskID }),
		number("sentTimestamp", "when the email was sent, in seconds since 1970", func(e *Event) *int64 { return &e.SentTimestamp }),
	}
}

// Fields returns the fields that the page documents, in the order in which
// [Encode] writes them.
func Fields() []Field {
	fields := make([]Field, 0, fieldCount)
	for _, f := range table() {
		fields = append(fields, f.Field)
	}
	return fields
}

func (f Field) carriedBy(t Type) bool { return len(f.Only) == 0 || slices.Contains(f.Only, t) }

// lookup finds a field by its name; the table of the page writes "bulkid" where
// its sample writes "bulkId".
func lookup(fields *[fieldCount]field, name string) (int, bool) {
	if name == "bulkid" {
		name = "bulkId"
	}
	for i := range fields {
		if fields[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// isZero reports whether a field of e has its zero value.
func (f *field) isZero(e *Event) bool {
	if f.text != nil {
		return *f.text(e) == ""
	}
	return *f.number(e) == 0
}

// Get returns the value of a field as text, and whether the event has it. The
// name is that of a documented field in either spelling, of a header (in any
// case), or of any other field; of the last two the text of a string, else JSON.
func (e Event) Get(name string) (string, bool) {
	fields := table()
	if i, ok := lookup(&fields, name); ok {
		f := &fields[i]
		has := !f.isZero(&e) || e.empty&(1<<i) != 0
		switch {
		case !has:
			return "", false
		case f.text != nil:
			return *f.text(&e), true
		}
		return strconv.FormatInt(*f.number(&e), 10), true
	}
	raw, ok := e.Extra[e.extraName(name)]
	if !ok {
		return "", false
	}
	var text string
	if json.Unmarshal(raw, &text) == nil && string(raw) != "null" {
		return text, true
	}
	return string(raw), true
}

// extraName finds the name under which Extra holds a field: the names of
// headers have no case.
func (e Event) extraName(name string) string {
	if _, ok := e.Extra[name]; ok || !isHeader(name) {
		return name
	}
	for have := range e.Extra {
		if strings.EqualFold(have, name) {
			return have
		}
	}
	return name
}

// ErrUnknownField is wrapped by the error of [Event.Set] for a field that is
// neither documented nor a header.
var ErrUnknownField = errors.New("no such field")

// Set sets a field from text, by the type of the field: integers are decimal,
// bounceType takes the older names too, a name that begins with [HeaderPrefix]
// is a header. A copy of e made before keeps its own value. The error never
// repeats the value.
func (e *Event) Set(name, value string) error {
	fields := table()
	i, ok := lookup(&fields, name)
	if !ok {
		return e.setHeader(name, value)
	}
	f := &fields[i]
	if f.text != nil {
		if f.Name == "event" && value == "" {
			return &DecodeError{Field: "event", Expected: "a string that is not empty", Found: "an empty one", Offset: -1}
		}
		*f.text(e) = value
		e.BounceType = e.BounceType.normal()
	} else {
		number, found := parseInt(value)
		if found != "" {
			return &DecodeError{Field: f.Name, Expected: Int.expected(), Found: found, Offset: -1}
		}
		*f.number(e) = number
	}
	e.markEmpty(i, f.isZero(e))
	return nil
}

func (e *Event) setHeader(name, value string) error {
	if !isHeader(name) {
		return fmt.Errorf("%w: %q; headers begin with %s", ErrUnknownField, shorten(name), HeaderPrefix)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode the header: %w", err)
	}
	extra := make(map[string]json.RawMessage, len(e.Extra)+1)
	for have, value := range e.Extra {
		extra[have] = value
	}
	extra[e.extraName(name)] = raw
	e.Extra = extra
	return nil
}

func (e *Event) markEmpty(i int, empty bool) {
	if empty {
		e.empty |= 1 << i
	} else {
		e.empty &^= 1 << i
	}
}

// normal turns the names of older pages into those of today's.
func (b BounceType) normal() BounceType {
	switch b {
	case "soft":
		return SoftBounce
	case "hard":
		return HardBounce
	}
	return b
}

// parseInt returns an integer, or what was found in its place.
func parseInt(text string) (number int64, found string) {
	number, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil:
		return number, ""
	case errors.Is(err, strconv.ErrRange):
		return 0, "a number out of the range of 64 bits"
	case text == "":
		return 0, "nothing"
	case strings.Trim(text, "+-0123456789.eE") == "":
		return 0, "a number with a sign, a fraction or an exponent"
	}
	return 0, "text"
}

func shorten(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
