package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// usualBytes is the room for an event before it is encoded.
const usualBytes = 512

// Encode writes an event as one line of JSON in UTF-8: the documented fields in the
// order of [Fields] and in today's spelling, then Extra by name. A field with its
// zero value is written only if it was decoded or set that way. Decode reads the
// same fields again. Two details are lost: bytes that were not UTF-8 are U+FFFD, and
// of a field that appeared twice only one value is left.
//
// Encode fails if a value in Extra is not JSON.
func Encode(e Event) ([]byte, error) {
	out := append(make([]byte, 0, usualBytes), '{')
	for i := range table {
		f := &table[i]
		if !e.has(f, i) {
			continue
		}
		out = appendName(out, f.Name)
		if f.text != nil {
			out = appendString(out, *f.text(&e))
		} else {
			out = strconv.AppendInt(out, *f.number(&e), 10)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Extra)) {
		if i, known := lookup(name); known && e.has(&table[i], i) {
			continue // the field of the struct counts
		}
		raw := e.Extra[name]
		if !json.Valid(raw) {
			return nil, fmt.Errorf("field %q: its value in Extra is not JSON", shorten(name))
		}
		out = appendName(out, name)
		out = append(out, validUTF8(compact(bytes.TrimSpace(raw)))...)
	}
	return append(out, '}'), nil
}

func appendName(out []byte, name string) []byte {
	if len(out) > 1 {
		out = append(out, ',')
	}
	return append(appendString(out, name), ':')
}

// appendString leaves the & of links as it is, where json.Marshal would not.
func appendString(out []byte, text string) []byte {
	if plain(text) {
		return append(append(append(out, '"'), text...), '"')
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return append(out, `""`...) // a string always encodes
	}
	return append(out, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// plain reports whether a text is the same in JSON, between quotes.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// MarshalJSON is [Encode].
func (e Event) MarshalJSON() ([]byte, error) { return Encode(e) }

// Validate reports how an event differs from its documentation. It checks for:
//
//   - the Problems that [Decode] found
//   - an unknown type, and a number that does not belong to the type
//   - an unknown bounce type
//   - a field that belongs to other types only
//   - a missing field, except taskId and sentTimestamp: the documentation has one
//     in its table only, and the other in its sample only
//
// A receiver should accept such an event all the same. A test of what a receiver
// is sent may not.
func (e Event) Validate() error {
	var problems []error
	problem := func(field, expected, found string) {
		problems = append(problems, &DecodeError{Field: field, Expected: expected, Found: found, Offset: -1})
	}
	for _, p := range e.Problems {
		problems = append(problems, p)
	}
	if !e.Type.Known() {
		problem("event", "a documented type", "another")
		return errors.Join(problems...)
	}
	for i, f := range table {
		has := !f.isZero(&e)
		switch {
		case has && !f.carriedBy(e.Type):
			problem(f.Name, fmt.Sprintf("it only with %v", f.Only), "it with "+string(e.Type))
		case f.Name == "taskId" || f.Name == "sentTimestamp" || e.Type == Processed:
		case f.Name == "eventid" && has && e.EventID != e.Type.EventID():
			problem(f.Name, fmt.Sprintf("%d for %s", e.Type.EventID(), e.Type), "another number")
		case !e.has(&f, i) && f.carriedBy(e.Type):
			problem(f.Name, f.Kind.expected(), "nothing")
		}
	}
	if e.BounceType != "" && e.BounceType != SoftBounce && e.BounceType != HardBounce {
		problem("bounceType", fmt.Sprintf("%s or %s", SoftBounce, HardBounce), "another")
	}
	return errors.Join(problems...)
}
