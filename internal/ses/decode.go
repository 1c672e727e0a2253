package ses

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// object is a JSON object whose values are not read yet.
type object = map[string]json.RawMessage

// missingError reports that an answer lacks a field.
type missingError struct{ path string }

func (e *missingError) Error() string { return "has no field " + e.path }

func isMissing(err error) bool {
	var missing *missingError
	return errors.As(err, &missing)
}

// valueAt returns the value at a path of names separated by dots. If any value on
// the way is null, the result is null.
func valueAt(in object, path string) (json.RawMessage, error) {
	rest := path
	for {
		name, below, nested := strings.Cut(rest, ".")
		value, there := in[name]
		switch {
		case !there:
			return nil, &missingError{path}
		case !nested || isNull(value):
			return value, nil
		}
		in = nil
		if err := json.Unmarshal(value, &in); err != nil {
			return nil, fmt.Errorf("has a field %s that is not an object", strings.TrimSuffix(path, "."+below))
		}
		rest = below
	}
}

func isNull(value json.RawMessage) bool { return string(value) == "null" }

// textAt returns a string, or "" for null.
func textAt(in object, path string) (string, error) {
	value, err := valueAt(in, path)
	if err != nil {
		return "", err
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return "", fmt.Errorf("has a field %s that is not a string", path)
	}
	return text, nil
}

// countAt returns an integer that is not negative. If asText is true, the integer
// may be in a string. The number is read from its digits, so none is lost.
func countAt(in object, path string, asText bool) (int64, error) {
	value, err := valueAt(in, path)
	if err != nil {
		return 0, err
	}
	digits := string(value)
	if quoted := strings.TrimSuffix(strings.TrimPrefix(digits, `"`), `"`); len(quoted) == len(digits)-2 && asText {
		digits = quoted
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("has a field %s that is not a number of entries", path)
	}
	return n, nil
}

// objectsAt returns a list of objects. For null it returns an empty list.
func objectsAt(in object, path string) ([]object, error) {
	value, err := valueAt(in, path)
	if err != nil {
		return nil, err
	}
	var list []object
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, fmt.Errorf("has a field %s that is not a list of objects", path)
	}
	return list, nil
}

// urlAt returns the callback URL of an answer or of an item. It returns "" if the
// answer shows, in one of the ways that the row knows, that there is no callback.
func urlAt(row sesapi.Row, in object) (string, error) {
	url, err := textAt(in, row.Response[sesapi.KeyURL])
	switch {
	case err != nil && isMissing(err) && slices.Contains(row.None, sesapi.NoneMissing):
		return "", nil
	case err != nil:
		return "", err
	case strings.TrimSpace(url) == "" || slices.Contains(row.None, url):
		return "", nil
	}
	return url, nil
}

// meansNone reports whether the service uses this error to report that there is no
// callback.
func meansNone(row sesapi.Row, f *fault) bool {
	isFamily := f.code == sesapi.CodeResourceNotFound || strings.HasPrefix(f.code, sesapi.CodeResourceNotFound+".")
	return isFamily && slices.Contains(row.None, sesapi.NoneNotFound)
}
