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

// field is one name in a response: a value, or an object of further fields.
type field struct {
	name   string // quoted, with its colon
	key    string // what the value means, in the words of sesapi
	fields []field
}

// newFields lays out names, of which some may be paths with dots, as the tree
// that is answered.
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
			return nil, fmt.Errorf("the response field %q is named %s%s, which other fields lie in", key, at, name)
		}
		below, err := layOut(inner[name], at+name+".")
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{name: string(appendText(nil, name)) + ":", fields: below})
	}
	return fields, nil
}

// appendFields writes fields, each followed by a comma; value appends the value
// of a key.
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

// endList puts the closing bracket in place of the last comma.
func endList(b []byte, closing byte) []byte {
	if b[len(b)-1] == ',' {
		b[len(b)-1] = closing
		return b
	}
	return append(b, closing)
}
