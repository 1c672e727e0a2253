package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func appendError(b []byte, err *apiError) []byte {
	b = append(b, `"Error":{"Code":`...)
	b = appendText(b, err.code)
	b = append(b, `,"Message":`...)
	b = appendText(b, err.message)
	return append(b, "},"...)
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			encoded, _ := json.Marshal(s) // a string can always be encoded
			return append(b, encoded...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// field is one name in a response. It has a value, or is an object with fields of its
// own.
type field struct {
	name   string // quoted, with its colon
	key    string // the key of package sesapi that gives the value
	fields []field
}

// newFields arranges names as the tree of a response. A name with dots is a path of
// nested objects.
func newFields(names map[string]string) ([]field, error) {
	values := map[string]string{} // path → key
	for _, key := range slices.Sorted(maps.Keys(names)) {
		path := names[key]
		if other, twice := values[path]; twice {
			return nil, fmt.Errorf("the response fields %s and %s have the same name %q", other, key, path)
		}
		values[path] = key
	}
	return layOut(values, "")
}

func layOut(values map[string]string, at string) ([]field, error) {
	inner := map[string]map[string]string{}
	var fields []field
	for _, path := range slices.Sorted(maps.Keys(values)) {
		first, rest, nested := strings.Cut(path, ".")
		if first == "" || nested && rest == "" {
			return nil, fmt.Errorf("the response field %q has an empty part in its name", values[path])
		}
		if at == "" && (first == "Error" || first == "RequestId") {
			return nil, fmt.Errorf("the response field %q is named %s, which has another meaning there", values[path], first)
		}
		if !nested {
			fields = append(fields, field{name: string(appendText(nil, first)) + ":", key: values[path]})
			continue
		}
		if inner[first] == nil {
			inner[first] = map[string]string{}
		}
		inner[first][rest] = values[path]
	}
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		if key, taken := values[name]; taken {
			return nil, fmt.Errorf("the response field %q is named %s%s, which is an object with other fields", key, at, name)
		}
		below, err := layOut(inner[name], at+name+".")
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{name: string(appendText(nil, name)) + ":", fields: below})
	}
	return fields, nil
}

// appendFields appends fields, each followed by a comma. It calls value to append the
// value of a key.
func appendFields(b []byte, fields []field, value func(b []byte, key string) []byte) []byte {
	for _, f := range fields {
		b = append(b, f.name...)
		if f.fields == nil {
			b = value(b, f.key)
		} else {
			b = append(b, '{')
			b = endList(appendFields(b, f.fields, value), '}')
		}
		b = append(b, ',')
	}
	return b
}

// endList replaces the last comma by the closing bracket.
func endList(b []byte, closing byte) []byte {
	if b[len(b)-1] == ',' {
		b[len(b)-1] = closing
		return b
	}
	return append(b, closing)
}
