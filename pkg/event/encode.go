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

// Encode writes an event as one line of JSON: the documented fields in the
// order of [Fields] and in today's spelling, then Extra by name. A field with
// its zero value is written only if it was so decoded or [Event.Set]. What
// [Decode] read, Encode writes so that Decode reads the same again.
//
// The error is of a value in Extra that is not JSON.
func Encode(e Event) ([]byte, error) {
	fields := table()
	out := []byte{'{'}
	for i := range fields {
		f := &fields[i]
		if f.isZero(&e) && e.empty&(1<<i) == 0 {
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
		if _, known := lookup(&fields, name); known {
			continue // the field of the struct stands for it
		}
		raw := e.Extra[name]
		if !json.Valid(raw) {
			return nil, fmt.Errorf("field %q: its value in Extra is not JSON", shorten(name))
		}
		out = appendName(out, name)
		out = append(out, compact(bytes.TrimSpace(raw))...)
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
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return append(out, `""`...) // a string always encodes
	}
	return append(out, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// MarshalJSON is [Encode].
func (e Event) MarshalJSON() ([]byte, error) { return Encode(e) }

// Validate reports where an event says something else than the page: an unknown
// type, a number that is not that of the type, a bounce type that is none, a
// field that goes with other types only, or a field of the type that is missing
// (but taskId and sentTimestamp, of which the page has one in its table and the
// other in its sample only). A receiver should take such an event all the same;
// a test of what it is sent may not.
func (e Event) Validate() error {
	var problems []error
	problem := func(field, expected, found string) {
		problems = append(problems, &DecodeError{Field: field, Expected: expected, Found: found, Offset: -1})
	}
	if !e.Type.Known() {
		problem("event", "a documented type", "another")
		return errors.Join(problems...)
	}
	for i, f := range table() {
		has := !f.isZero(&e)
		switch {
		case has && !f.carriedBy(e.Type):
			problem(f.Name, fmt.Sprintf("it only with %v", f.Only), "it with "+string(e.Type))
		case f.Name == "taskId" || f.Name == "sentTimestamp" || e.Type == Processed:
		case f.Name == "eventid" && has && e.EventID != e.Type.EventID():
			problem(f.Name, fmt.Sprintf("%d for %s", e.Type.EventID(), e.Type), "another number")
		case !has && e.empty&(1<<i) == 0 && f.carriedBy(e.Type):
			problem(f.Name, f.Kind.expected(), "nothing")
		}
	}
	if e.BounceType != "" && e.BounceType != SoftBounce && e.BounceType != HardBounce {
		problem("bounceType", fmt.Sprintf("%s or %s", SoftBounce, HardBounce), "another")
	}
	return errors.Join(problems...)
}
