package event

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrUnknownField is wrapped by the error of [Event.Set] for a field that is
// neither documented nor a header.
var ErrUnknownField = errors.New("no such field")

// Set sets a field from text, by the type of the field: integers are decimal,
// bounceType takes the older names too, and a name that begins with [HeaderPrefix]
// is a header. A copy of e that was made before keeps its own value. The error
// never repeats the value.
func (e *Event) Set(name, value string) error {
	i, ok := lookup(name)
	if !ok {
		return e.setHeader(name, value)
	}
	f := &table[i]
	changed := *e
	if f.text != nil {
		if f.Name == "event" && value == "" {
			return &DecodeError{Field: "event", Expected: "a string that is not empty", Found: "an empty one", Offset: -1}
		}
		*f.text(&changed) = value
		changed.BounceType = changed.BounceType.normal()
	} else {
		number, found := parseInt(value)
		if found != "" {
			return &DecodeError{Field: f.Name, Expected: Int.expected(), Found: found, Offset: -1}
		}
		*f.number(&changed) = number
	}
	changed.forget(f.Name)
	changed.markEmpty(i, f.isZero(&changed))
	*e = changed
	return nil
}

func (e *Event) setHeader(name, value string) error {
	if !IsHeader(name) {
		return fmt.Errorf("%w: %q; headers begin with %s", ErrUnknownField, shorten(name), HeaderPrefix)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode the header: %w", err)
	}
	return e.SetJSON(name, raw)
}

// SetJSON sets a field, documented or not, to any JSON value. Nil leaves the field
// out. A value of another type than documented is for tests of receivers: it is kept
// in Extra, and [Encode] writes it. A copy of e that was made before keeps its own
// value.
//
// SetJSON fails if the value is not JSON.
func (e *Event) SetJSON(name string, value json.RawMessage) error {
	if value != nil && !json.Valid(value) {
		return fmt.Errorf("field %q: the value is not JSON", shorten(name))
	}
	i, known := lookup(name)
	changed := *e
	if !known {
		name = changed.extraName(name)
	}
	changed.forget(name)
	if known {
		f := &table[i]
		f.clear(&changed)
		changed.markEmpty(i, false)
		if value != nil && f.read(&changed, compact(value)) == "" {
			changed.markEmpty(i, f.isZero(&changed))
			*e = changed
			return nil
		}
		name = f.Name
	}
	if value != nil {
		if changed.Extra == nil {
			changed.Extra = map[string]json.RawMessage{}
		}
		changed.Extra[name] = compact(value)
	}
	*e = changed
	return nil
}

func (f *field) clear(e *Event) {
	if f.text != nil {
		*f.text(e) = ""
	} else {
		*f.number(e) = 0
	}
}

// forget gives e its own Extra and Problems, without a field in any spelling.
func (e *Event) forget(name string) {
	i, known := lookup(name)
	is := func(other string) bool {
		j, ok := lookup(other)
		return other == name || other == shorten(name) || known && ok && i == j
	}
	var extra map[string]json.RawMessage
	for have, raw := range e.Extra {
		if is(have) {
			continue
		}
		if extra == nil {
			extra = make(map[string]json.RawMessage, len(e.Extra)+1)
		}
		extra[have] = raw
	}
	var problems []*DecodeError
	for _, problem := range e.Problems {
		if !is(problem.Field) {
			problems = append(problems, problem)
		}
	}
	e.Extra, e.Problems = extra, problems
}
