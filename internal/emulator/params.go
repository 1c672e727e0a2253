package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// param is one parameter of an action. Actions read it by its key, which does not
// depend on its name in the request.
type param struct {
	key string
	sesapi.Param
}

// object has the parameters of a request by their keys, or the fields of one
// parameter by their names. Values are string, int64, bool, object and []any.
type object map[string]any

func (o object) text(name string) string  { text, _ := o[name].(string); return text }
func (o object) number(name string) int64 { number, _ := o[name].(int64); return number }
func (o object) given(name string) bool   { return o[name] != nil }
func (o object) list(name string) []any   { list, _ := o[name].([]any); return list }

func (o object) object(name string) object { inner, _ := o[name].(object); return inner }

// texts returns a list of strings.
func (o object) texts(name string) []string {
	list := o.list(name)
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i], _ = element.(string)
	}
	return texts
}

// decode reads the parameters of an action from a JSON body.
func (a *action) decode(body []byte) (object, *apiError) {
	trimmed := bytes.TrimSpace(body)
	none := len(trimmed) == 0
	if !slices.ContainsFunc(a.params, func(p param) bool { return p.Required }) {
		// The SDKs for PHP and Ruby write [] and null for a request without parameters.
		none = none || string(trimmed) == "null" || string(trimmed) == "[]"
	}
	var given map[string]any
	if !none {
		decoder := json.NewDecoder(bytes.NewReader(trimmed))
		decoder.UseNumber()
		if err := decoder.Decode(&given); err != nil || given == nil {
			return nil, refuse(sesapi.CodeInvalidParameter, "The request body is not a JSON object.")
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return nil, refuse(sesapi.CodeInvalidParameter, "The request body is not one JSON object.")
		}
	}
	return judge(a.params, given, "")
}

// judge checks values against the published table: the exact names, the types, the
// lengths, and that required values are given. At is the path of the object that the
// values belong to.
func judge(params []param, given map[string]any, at string) (object, *apiError) {
	out := make(object, len(given))
	known := 0
	for _, p := range params {
		if p.Name == "" {
			continue // it is not sent in requests
		}
		value, there := given[p.Name]
		if there {
			known++
		}
		if value == nil { // the SDKs omit fields that are not set; null means the same
			if p.Required {
				return nil, refuse(sesapi.CodeMissingParameter, "The request is missing a required parameter `%s`.", at+p.Name)
			}
			continue
		}
		read, err := judgeValue(p.Param, value, at+p.Name)
		if err != nil {
			return nil, err
		}
		out[p.key] = read
	}
	if len(given) > known {
		return nil, unknownParameter(params, given, at)
	}
	return out, nil
}

func unknownParameter(params []param, given map[string]any, at string) *apiError {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(params, func(p param) bool { return p.Name != "" && p.Name == name }) {
			return refuse(sesapi.CodeUnknownParameter, "The parameter %s is not recognized.", grave(at+name))
		}
	}
	return nil
}

func judgeValue(p sesapi.Param, value any, at string) (any, *apiError) {
	if !p.List {
		return judgeOne(p, value, at)
	}
	list, ok := value.([]any)
	if !ok {
		return nil, wrongType(at, "a list")
	}
	if p.Items > 0 && len(list) > p.Items {
		return nil, tooMany(at, p.Items)
	}
	for i := range list {
		var err *apiError
		if list[i], err = judgeOne(p, list[i], at+"."+strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// tooMany refuses a list with too many elements; for recipients of SendEmail it uses
// the code of SendEmail.
func tooMany(at string, limit int) *apiError {
	code := sesapi.CodeInvalidValue
	switch at {
	case "Destination", "Cc", "Bcc":
		code = sesapi.CodeTooManyRecipients
	case "Datas":
		code = sesapi.CodeReceiverRequestLimit
	}
	return refuse(code, "The parameter `%s` has more than %d elements.", at, limit)
}

func judgeOne(p sesapi.Param, value any, at string) (any, *apiError) {
	switch p.Type {
	case sesapi.String:
		return judgeText(p, value, at)
	case sesapi.Boolean:
		if flag, ok := value.(bool); ok {
			return flag, nil
		}
		return nil, wrongType(at, "true or false")
	case sesapi.Object:
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, wrongType(at, "an object")
		}
		return judgeFields(p, fields, at)
	}
	return judgeNumber(p, value, at)
}

// judgeFields checks the fields of an object, and returns them by their names.
func judgeFields(p sesapi.Param, fields map[string]any, at string) (any, *apiError) {
	inner, err := judge(byName(p.Fields), fields, at+".")
	if err != nil {
		return nil, err
	}
	return inner, nil
}

func byName(params []sesapi.Param) []param {
	out := make([]param, len(params))
	for i, p := range params {
		out[i] = param{p.Name, p}
	}
	return out
}

func judgeText(p sesapi.Param, value any, at string) (any, *apiError) {
	text, ok := value.(string)
	switch {
	case !ok:
		return nil, wrongType(at, "a string")
	case p.Chars > 0 && utf8.RuneCountInString(text) > p.Chars:
		return nil, refuse(sesapi.CodeInvalidValue, "The parameter `%s` has more than %d characters.", at, p.Chars)
	}
	return text, nil
}

func judgeNumber(p sesapi.Param, value any, at string) (any, *apiError) {
	number, ok := value.(json.Number)
	if text, quoted := value.(string); quoted && text != "" && p.Type == sesapi.Number {
		number, ok = json.Number(text), true
	}
	if !ok {
		return nil, wrongType(at, "an integer")
	}
	read, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil && p.Type != sesapi.Integer {
		var large uint64
		large, err = strconv.ParseUint(string(number), 10, 64)
		read = int64(min(large, math.MaxInt64))
	}
	switch {
	case err != nil && (p.Type == sesapi.Integer || !strings.HasPrefix(string(number), "-")):
		return nil, wrongType(at, "an integer")
	case p.Type != sesapi.Integer && (read < 0 || err != nil):
		return nil, refuse(sesapi.CodeInvalidValue, "The parameter `%s` must not be negative.", at)
	}
	if p.Values != nil && !slices.Contains(p.Values, read) {
		return nil, refuse(sesapi.CodeInvalidValue, "The parameter `%s` must be one of %v.", at, p.Values)
	}
	return read, nil
}

func wrongType(at, what string) *apiError {
	return refuse(sesapi.CodeInvalidParameter, "The value type of parameter `%s` is not valid: it must be %s.", at, what)
}
