package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// DecodeError says what is wrong with a payload. It names fields and types, and
// never holds a value: events are about people.
type DecodeError struct {
	Field    string // the field, or "" for the whole payload
	Expected string // such as "an integer"
	Found    string // such as "a string"
	Offset   int64  // where in the payload, in bytes; -1 where Field says it
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

// Decode reads an event. Both documented spellings are accepted (bulkId and
// bulkid, soft_bounce and soft, hard_bounce and hard), every other field is kept
// in Extra, and null is taken for a field that is not there, as are all fields
// but "event". An unknown type of event is no error.
//
// The error is a *[DecodeError]: the payload is not UTF-8 or not one JSON object;
// a field has another type than the documented one; "event" is missing or empty;
// or a documented field stands twice with different values. The first one in
// the payload is told.
func Decode(payload []byte) (Event, error) {
	if err := CheckObject(payload); err != nil {
		return Event{}, err
	}
	var e Event
	fields := table()
	var seen uint32
	for name, raw := range members(payload) {
		i, known := lookup(&fields, name)
		switch {
		case !known:
			if e.Extra == nil {
				e.Extra = map[string]json.RawMessage{}
			}
			e.Extra[name] = compact(raw)
		case string(raw) == "null":
		default:
			if err := e.decodeField(&fields[i], i, raw, &seen); err != nil {
				return Event{}, err
			}
		}
	}
	if e.Type == "" {
		found := "nothing"
		if seen&1 != 0 {
			found = "an empty one"
		}
		return Event{}, &DecodeError{Field: "event", Expected: "a string that is not empty", Found: found, Offset: -1}
	}
	return e, nil
}

func (e *Event) decodeField(f *field, i int, raw json.RawMessage, seen *uint32) error {
	wrong := func(found string) error {
		return &DecodeError{Field: f.Name, Expected: f.Kind.expected(), Found: found, Offset: -1}
	}
	twice := *seen&(1<<i) != 0
	var before Event
	if twice {
		before = *e
	}
	switch {
	case f.text != nil && raw[0] == '"':
		*f.text(e) = unquote(raw)
		e.BounceType = e.BounceType.normal()
	case f.number != nil && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9'):
		number, found := parseInt(string(raw))
		if found != "" {
			return wrong(found)
		}
		*f.number(e) = number
	default:
		return wrong(describe(raw))
	}
	if twice && !f.same(&before, e) {
		return &DecodeError{Field: f.Name, Expected: "one value", Found: "two that differ", Offset: -1}
	}
	*seen |= 1 << i
	e.markEmpty(i, f.isZero(e))
	return nil
}

func (f *field) same(a, b *Event) bool {
	if f.text != nil {
		return *f.text(a) == *f.text(b)
	}
	return *f.number(a) == *f.number(b)
}

// CheckObject reports whether a payload is one JSON object in UTF-8 (RFC 8259),
// which is less than [Decode] asks, and quicker. The error is a *[DecodeError].
func CheckObject(payload []byte) error {
	const expected = "a JSON object"
	trimmed := bytes.TrimLeft(payload, " \t\r\n")
	if len(trimmed) == 0 {
		return &DecodeError{Expected: expected, Found: "nothing", Offset: -1}
	}
	if !utf8.Valid(payload) {
		return &DecodeError{Expected: expected, Found: "a byte that is not UTF-8", Offset: int64(invalidUTF8(payload))}
	}
	if !json.Valid(payload) {
		return notJSON(payload)
	}
	if trimmed[0] != '{' {
		return &DecodeError{Expected: expected, Found: describe(trimmed), Offset: -1}
	}
	return nil
}

// notJSON tells where a payload stops being JSON. The messages of encoding/json
// quote the payload, so only the place is taken from them. No JSON has a NUL
// outside of its strings or in them: where that is the first mistake, everything
// before it was right, and only incomplete.
func notJSON(payload []byte) error {
	failed := &DecodeError{Expected: "a JSON object", Found: "something that is not JSON", Offset: -1}
	var ignored json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(append(bytes.Clone(payload), 0), &ignored), &syntax) {
		failed.Offset = max(syntax.Offset-1, 0)
	}
	if failed.Offset == int64(len(payload)) {
		failed.Found = "the end before it was complete"
	}
	return failed
}

func invalidUTF8(payload []byte) int {
	for i := 0; i < len(payload); {
		r, size := utf8.DecodeRune(payload[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(payload)
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
