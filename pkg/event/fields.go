package event

import (
	"encoding/json"
	"errors"
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

// Field is what the documentation says about a field of the payload.
type Field struct {
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Summary string `json:"summary"`
	Only    []Type `json:"only,omitempty"` // the types that carry it; empty if all do
}

// field joins a Field to its place in an Event: one of text and number is set.
type field struct {
	Field
	text   func(*Event) *string
	number func(*Event) *int64
}

// table is the one list of the fields. The order follows the sample of the
// documentation; the fields that only its table has are in between. The
// documentation calls the reason the "cause of email delivery failure", so only the
// types that are failures have it.
var table = [...]field{
	{Field: Field{"event", String, "what happened", nil}, text: func(e *Event) *string { return (*string)(&e.Type) }},
	{Field: Field{"email", String, "recipient address", nil}, text: func(e *Event) *string { return &e.Email }},
	{Field: Field{"bulkId", String, "the MessageId that SendEmail returned", nil}, text: func(e *Event) *string { return &e.BulkID }},
	{Field: Field{"timestamp", Int, "when it happened, in seconds since 1970", nil}, number: func(e *Event) *int64 { return &e.Timestamp }},
	{Field: Field{"reason", String, "why the delivery failed", []Type{Dropped, Bounce, Deferred}}, text: func(e *Event) *string { return &e.Reason }},
	{Field: Field{"bounceType", String, "soft_bounce or hard_bounce", []Type{Bounce}}, text: func(e *Event) *string { return (*string)(&e.BounceType) }},
	{Field: Field{"link", String, "the URL that was clicked", []Type{Click}}, text: func(e *Event) *string { return &e.Link }},
	{Field: Field{"useragent", String, "the client that opened or clicked", []Type{Open, Click}}, text: func(e *Event) *string { return &e.UserAgent }},
	{Field: Field{"username", String, "appId of the account", nil}, text: func(e *Event) *string { return &e.Username }},
	{Field: Field{"from", String, "sender address without its name", nil}, text: func(e *Event) *string { return &e.From }},
	{Field: Field{"fromDomain", String, "domain of the sender address", nil}, text: func(e *Event) *string { return &e.FromDomain }},
	{Field: Field{"templateId", Int, "template of the email", nil}, number: func(e *Event) *int64 { return &e.TemplateID }},
	{Field: Field{"subject", String, "subject, MIME-encoded if it is not ASCII", nil}, text: func(e *Event) *string { return &e.Subject }},
	{Field: Field{"messageId", String, "Message-ID of SMTP", nil}, text: func(e *Event) *string { return &e.MessageID }},
	{Field: Field{"eventid", Int, "the number of the type", nil}, number: func(e *Event) *int64 { return &e.EventID }},
	{Field: Field{"taskId", Int, "batch task", nil}, number: func(e *Event) *int64 { return &e.TaskID }},
	{Field: Field{"sentTimestamp", Int, "when the email was sent, in seconds since 1970", nil}, number: func(e *Event) *int64 { return &e.SentTimestamp }},
}

// Fields returns the documented fields, in the order in which [Encode] writes them.
func Fields() []Field {
	fields := make([]Field, 0, len(table))
	for _, f := range table {
		f.Only = slices.Clone(f.Only)
		fields = append(fields, f.Field)
	}
	return fields
}

func (f Field) carriedBy(t Type) bool { return len(f.Only) == 0 || slices.Contains(f.Only, t) }

// lookup finds a field by its name. The documentation has "bulkid" in its table and
// "bulkId" in its sample.
func lookup(name string) (int, bool) {
	if name == "bulkid" {
		name = "bulkId"
	}
	for i := range table {
		if table[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// FieldName returns the spelling of a field's name that [Fields] has: bulkId for bulkid.
// It returns any other name unchanged. Ok is true if [Event.Set] knows the field: it is
// documented, or a header.
func FieldName(name string) (spelling string, ok bool) {
	if i, ok := lookup(name); ok {
		return table[i].Name, true
	}
	return name, IsHeader(name)
}

// isZero reports whether a field of e has its zero value.
func (f *field) isZero(e *Event) bool {
	if f.text != nil {
		return *f.text(e) == ""
	}
	return *f.number(e) == 0
}

// has reports whether e has a value of the field's type.
func (e *Event) has(f *field, i int) bool { return !f.isZero(e) || e.empty&(1<<i) != 0 }

// Get returns the value of a field as text, and whether the event has the field.
// The field is a documented one in either spelling, a header in any case, or any
// other. A value of another type than documented, or of a field that is not
// documented, is the text of a string, or else JSON.
func (e Event) Get(name string) (string, bool) {
	if i, ok := lookup(name); ok {
		f := &table[i]
		switch {
		case !e.has(f, i):
		case f.text != nil:
			return *f.text(&e), true
		default:
			return strconv.FormatInt(*f.number(&e), 10), true
		}
		for have, raw := range e.Extra {
			if j, known := lookup(have); known && i == j {
				return textOf(raw), true
			}
		}
		return "", false
	}
	raw, ok := e.Extra[e.extraName(name)]
	if !ok {
		return "", false
	}
	return textOf(raw), true
}

func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil && string(raw) != "null" {
		return text
	}
	return string(raw)
}

// extraName returns the name under which Extra holds a field: the case of the name
// of a header does not count.
func (e Event) extraName(name string) string {
	if _, ok := e.Extra[name]; ok || !IsHeader(name) {
		return name
	}
	for have := range e.Extra {
		if strings.EqualFold(have, name) {
			return have
		}
	}
	return name
}

func (e *Event) markEmpty(i int, empty bool) {
	if empty {
		e.empty |= 1 << i
	} else {
		e.empty &^= 1 << i
	}
}

// normal replaces the names of older documentation by today's.
func (b BounceType) normal() BounceType {
	switch b {
	case "soft":
		return SoftBounce
	case "hard":
		return HardBounce
	}
	return b
}

// parseInt returns an integer, or what was found instead.
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
