package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/sesctl/sesctl/internal/sesapi"
)

type kind int

const (
	text kind = iota
	integer
	list
	texts  // a list of strings
	object // its content is checked by the action
)

func (k kind) String() string {
	return [...]string{"a string", "an integer", "a list", "a list of strings", "an object"}[k]
}

// param is one parameter of an action.
type param struct {
	name     string // on the wire; "" where requests do not carry it
	kind     kind
	required bool
}

// arg is the value of a parameter in one request.
type arg struct {
	given bool
	text  string
	num   int64
	size  int // elements of a list
	texts []string
	raw   json.RawMessage // of a list or an object
}

// maxParams is how many parameters the actions have at most.
const maxParams = 14

type args []arg

// decode reads the parameters of an action from the body of a request into out,
// which has one empty arg for each of them.
func (a *action) decode(body []byte, out args) *apiError {
	var fields map[string]json.RawMessage
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && !bytes.Equal(trimmed, []byte("{}")) {
		if err := json.Unmarshal(trimmed, &fields); err != nil || fields == nil {
			return &apiError{sesapi.CodeInvalidParameter, "The request body is not a JSON object."}
		}
	}
	known := 0
	for i, p := range a.params {
		raw, given := fields[p.name]
		if p.name == "" {
			continue
		}
		if given {
			known++
		}
		// The SDKs leave out what is not set; null is the same.
		if !given || string(raw) == "null" {
			if p.required {
				return &apiError{sesapi.CodeMissingParameter, fmt.Sprintf("The request is missing a required parameter `%s`.", p.name)}
			}
			continue
		}
		if !out[i].set(p.kind, raw) {
			return &apiError{sesapi.CodeInvalidParameter, fmt.Sprintf("The value type of parameter `%s` is not valid: it must be %s.", p.name, p.kind)}
		}
	}
	if len(fields) > known {
		return a.unknown(fields)
	}
	return nil
}

func (a *arg) set(k kind, raw json.RawMessage) bool {
	a.given = true
	switch k {
	case text:
		return json.Unmarshal(raw, &a.text) == nil
	case integer:
		var err error
		a.num, err = strconv.ParseInt(string(raw), 10, 64)
		return err == nil
	case list:
		var elements []json.RawMessage
		err := json.Unmarshal(raw, &elements)
		a.size, a.raw = len(elements), raw
		return err == nil
	case texts:
		return json.Unmarshal(raw, &a.texts) == nil
	case object:
		a.raw = raw
		return raw[0] == '{'
	}
	return false
}

func (a *action) unknown(fields map[string]json.RawMessage) *apiError {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.ContainsFunc(a.params, func(p param) bool { return p.name != "" && p.name == name }) {
			return &apiError{sesapi.CodeUnknownParameter, fmt.Sprintf("The parameter %s is not recognized.", quote(name))}
		}
	}
	return nil
}
