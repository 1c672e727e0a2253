package sesapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Override replaces parts of a row. Parts that it leaves out stay as they are.
type Override struct {
	Action   string
	Request  map[string]string
	Response map[string]string
	// Types gives the JSON type of a request key, TypeString or TypeInteger.
	Types map[string]string
	None  []string // replaces Row.None
	Off   bool
	// Mark is Learned or Probed, with its Day and Source, or "".
	Mark   Mark
	Day    string
	Source string
}

// With returns a copy of the table with some rows replaced. If an operation or a
// field key does not exist, the error names its place, such as "api.list-senders".
func (t Table) With(overrides map[Operation]Override) (Table, error) {
	rows := slices.Clone(t.rows)
	for _, op := range slices.Sorted(maps.Keys(overrides)) {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Operation == op })
		if i < 0 {
			return Table{}, fmt.Errorf("api.%s: unknown operation; the operations are %s", op, t.operations())
		}
		row, err := rows[i].with(overrides[op])
		if err != nil {
			return Table{}, fmt.Errorf("api.%s: %w", op, err)
		}
		rows[i] = row
	}
	return Table{rows: rows}, nil
}

func (r Row) with(o Override) (Row, error) {
	var err error
	if o.Action != "" {
		r.Action = o.Action
	}
	if r.Request, err = rename("request", r.Request, o.Request); err != nil {
		return Row{}, err
	}
	if r.Response, err = rename("response", r.Response, o.Response); err != nil {
		return Row{}, err
	}
	if r.Strings, err = r.stringsWith(o.Types); err != nil {
		return Row{}, err
	}
	if o.None != nil {
		r.None = o.None
	}
	r.Off, r.Replaced, r.Day, r.Once = o.Off, true, o.Day, ""
	if o.Mark != "" {
		r.Mark = o.Mark
	}
	if o.Source != "" {
		r.Source = o.Source
	}
	return r, nil
}

// stringsWith returns the integers of a row that travel as strings, with the
// types of some request keys replaced.
func (r Row) stringsWith(types map[string]string) ([]string, error) {
	all := slices.Clone(r.Strings)
	for _, key := range slices.Sorted(maps.Keys(types)) {
		switch {
		case r.Request[key] == "":
			return nil, fmt.Errorf("request.%s: the field has a type, but is not sent", key)
		case types[key] == TypeString && r.TypeOf(key) == TypeInteger:
			all = append(all, key)
		case types[key] == TypeInteger && slices.Contains(all, key):
			all = slices.DeleteFunc(all, func(k string) bool { return k == key })
		case types[key] != r.TypeOf(key):
			return nil, fmt.Errorf("request.%s: type %q does not fit; it is %s", key, types[key], r.TypeOf(key))
		}
	}
	return all, nil
}

func rename(part string, names, changes map[string]string) (map[string]string, error) {
	renamed := maps.Clone(names)
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		if _, known := names[key]; !known {
			return nil, fmt.Errorf("%s.%s: unknown field; the fields are %s", part, key, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		}
		if part == "response" && changes[key] == "" && key != KeyTotal {
			return nil, fmt.Errorf("%s.%s: the name is empty", part, key)
		}
		renamed[key] = changes[key]
	}
	return renamed, nil
}
