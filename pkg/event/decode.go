package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// DecodeError describes what is wrong with a payload or with one of its fields. It
// names fields and types, and never holds a value: events are about people.
type DecodeError struct {
	Field    string // the name of the field, shortened; "" for the whole payload
	Expected string // such as "an integer"
	Found    string // such as "a string"
	Offset   int64  // the place in the payload in bytes; -1 if Field names it
}

// Error reads such as: field "timestamp": expected an integer, found a string.
func (e *DecodeError) Error() string {
	text := fmt.Sprintf("expected %s, found %s", e.Expected, e.Found)
	if e.Field != "" {
		return fmt.Sprintf("field %q: %s", e.Field, text)
	}
	if e.Offset >= 0 {
		return fmt.Sprintf("%s at byte %d", text, e.Offset)
	}
	return text
}

// Decode reads an event, and hands over what can be read. It accepts both
// documented spellings (bulkId and bulkid, soft_bounce and soft, hard_bounce and
// hard), a byte order mark, and UTF-16. It keeps every other field in Extra. A field
// other than "event" may be missing or null. An unknown type of event is not an
// error.
//
// A field that does not match its documentation does not spoil the event. It is
// listed in Problems, and its JSON is kept in Extra as it came. Examples are a
// string in place of an integer, a field that appears twice with different values
// (the first one counts), and a byte that is not UTF-8 (the text has U+FFFD in its
// place).
//
// The error is a *[DecodeError]: the payload is not one JSON object, or it has no
// "event" that is a string with text.
func Decode(payload []byte) (Event, error) {
	payload = UTF8(payload)
	if err := CheckObject(payload); err != nil {
		return Event{}, err
	}
	d := decoder{clean: utf8.Valid(payload)}
	for name, raw := range members(payload) {
		d.member(name, raw)
	}
	if d.event.Type == "" {
		return Event{}, d.noType()
	}
	return d.event, nil
}

// decoder collects the fields of one event.
type decoder struct {
	event Event
	seen  uint32 // has a bit for each field that was read
	clean bool   // every byte of the payload is UTF-8
}

func (d *decoder) member(name string, raw json.RawMessage) {
	readable := raw
	if !d.clean {
		name, readable = string([]rune(name)), validUTF8(raw)
	}
	i, known := lookup(name)
	if !known {
		d.keep(name, raw)
	} else if string(raw) != "null" {
		if problem := d.set(i, readable); problem != nil {
			d.problem(problem)
			d.keep(name, raw)
		}
	}
	if !d.clean && !utf8.Valid(raw) {
		d.problem(&DecodeError{Field: shorten(name), Expected: "UTF-8", Found: "a byte that is not UTF-8", Offset: -1})
		d.keep(name, raw)
	}
}

// validUTF8 replaces each byte that is not UTF-8 by U+FFFD, as encoding/json does.
func validUTF8(raw json.RawMessage) json.RawMessage {
	if utf8.Valid(raw) {
		return raw
	}
	return json.RawMessage(string([]rune(string(raw))))
}

func (d *decoder) problem(problem *DecodeError) { d.event.Problems = append(d.event.Problems, problem) }

func (d *decoder) keep(name string, raw json.RawMessage) {
	if d.event.Extra == nil {
		d.event.Extra = map[string]json.RawMessage{}
	}
	d.event.Extra[name] = compact(raw)
}

// set reads a documented field. A second value that differs is not taken.
func (d *decoder) set(i int, raw json.RawMessage) *DecodeError {
	f, e := &table[i], &d.event
	if d.seen&(1<<i) != 0 {
		return d.setAgain(f, i, raw)
	}
	if found := f.read(e, raw); found != "" {
		return &DecodeError{Field: f.Name, Expected: f.Kind.expected(), Found: found, Offset: -1}
	}
	d.seen |= 1 << i
	e.markEmpty(i, f.isZero(e))
	return nil
}

// setAgain reads a field that was read before. It is rare, and its copy of the event is
// on the heap.
func (d *decoder) setAgain(f *field, i int, raw json.RawMessage) *DecodeError {
	e := &d.event
	before := *e
	if found := f.read(e, raw); found != "" {
		return &DecodeError{Field: f.Name, Expected: f.Kind.expected(), Found: found, Offset: -1}
	}
	if !f.same(&before, e) {
		*e = before
		return &DecodeError{Field: f.Name, Expected: "one value", Found: "two that differ", Offset: -1}
	}
	e.markEmpty(i, f.isZero(e))
	return nil
}

func (d *decoder) noType() *DecodeError {
	for _, problem := range d.event.Problems {
		if problem.Field == "event" {
			return problem
		}
	}
	found := "nothing"
	if d.seen&1 != 0 {
		found = "an empty one"
	}
	return &DecodeError{Field: "event", Expected: "a string that is not empty", Found: found, Offset: -1}
}

// read sets the field of e from JSON, or returns what it found instead of a value
// of the field's type.
func (f *field) read(e *Event, raw json.RawMessage) (found string) {
	switch {
	case f.text != nil && raw[0] == '"':
		*f.text(e) = unquote(raw)
		e.BounceType = e.BounceType.normal()
	case f.number != nil && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9'):
		number, found := parseInt(string(raw))
		if found != "" {
			return found
		}
		*f.number(e) = number
	default:
		return describe(raw)
	}
	return ""
}

func (f *field) same(a, b *Event) bool {
	if f.text != nil {
		return *f.text(a) == *f.text(b)
	}
	return *f.number(a) == *f.number(b)
}

// CheckObject reports whether a payload is one JSON object (RFC 8259). It is
// quicker than [Decode] and requires less. It ignores a byte order mark, reads UTF-16, and
// accepts strings with bytes that are not UTF-8. The error is a *[DecodeError].
func CheckObject(payload []byte) error {
	const expected = "a JSON object"
	payload = UTF8(payload)
	trimmed := bytes.TrimLeft(payload, " \t\r\n")
	if len(trimmed) == 0 {
		return &DecodeError{Expected: expected, Found: "nothing", Offset: -1}
	}
	if !json.Valid(payload) {
		return notJSON(payload)
	}
	if trimmed[0] != '{' {
		return &DecodeError{Expected: expected, Found: describe(trimmed), Offset: -1}
	}
	return nil
}

// notJSON reports the place at which a payload stops being JSON. The messages of
// encoding/json quote the payload, so only the place is used. JSON has no NUL
// anywhere. If an added NUL is the first mistake, the payload is only incomplete.
func notJSON(payload []byte) error {
	failed := &DecodeError{Expected: "a JSON object", Found: "something that is not JSON", Offset: -1}
	var ignored json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(append(bytes.Clone(payload), 0), &ignored), &syntax) {
		failed.Offset = max(syntax.Offset-1, 0)
		if strings.HasSuffix(syntax.Error(), "depth") {
			failed.Found = "values that are nested too deep"
		}
	}
	if failed.Offset == int64(len(payload)) {
		failed.Found = "the end before it was complete"
	}
	return failed
}

func describe(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// compact returns a copy without white space between tokens.
func compact(raw json.RawMessage) json.RawMessage {
	if raw[0] != '{' && raw[0] != '[' {
		return bytes.Clone(raw)
	}
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return raw
	}
	return out.Bytes()
}

// UnmarshalJSON is [Decode].
func (e *Event) UnmarshalJSON(payload []byte) error {
	decoded, err := Decode(payload)
	if err == nil {
		*e = decoded
	}
	return err
}
