package emulator

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// maxIndex bounds the numbers in the parameter names of a form: no list of the API is
// longer.
const maxIndex = 20_000

// commonParams returns the parameters of a form that belong to the request, and not
// to its action (document "Common parameters").
func commonParams() []string {
	return []string{"Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod",
		"Token", "Language", "RequestClient"}
}

// formObject turns the parameters of a form, such as Template.TemplateID=1 and
// Destination.0=ADDRESS, into nested objects and lists. With common it ignores the
// common parameters.
func formObject(form url.Values, params []param, common bool) (map[string]any, *apiError) {
	root := map[string]any{}
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if common && slices.Contains(commonParams(), name) {
			continue
		}
		at := root
		parts := strings.Split(name, ".")
		for _, part := range parts[:len(parts)-1] {
			inner, ok := at[part].(map[string]any)
			if !ok {
				if at[part] != nil {
					return nil, refuse(sesapi.CodeInvalidParameter, "The parameter %s has a value and fields.", quote(name))
				}
				inner = map[string]any{}
				at[part] = inner
			}
			at = inner
		}
		last := parts[len(parts)-1]
		if _, twice := at[last]; twice || len(form[name]) > 1 {
			return nil, refuse(sesapi.CodeInvalidParameter, "The parameter %s is given twice.", quote(name))
		}
		at[last] = form[name][0]
	}
	for _, p := range params {
		if value, there := root[p.Name]; there {
			root[p.Name] = formValue(p.Param, value)
		}
	}
	return root, nil
}

// formValue converts a value of a form to the type of its parameter. A value that
// cannot be converted is returned unchanged, and is refused later because of its
// type.
func formValue(p sesapi.Param, value any) any {
	if p.List {
		return formList(p, value)
	}
	if fields, ok := value.(map[string]any); ok && p.Type == sesapi.Object {
		for _, field := range p.Fields {
			if inner, there := fields[field.Name]; there {
				fields[field.Name] = formValue(field, inner)
			}
		}
		return fields
	}
	text, ok := value.(string)
	if !ok {
		return value
	}
	switch p.Type {
	case sesapi.Integer, sesapi.Unsigned:
		return json.Number(text)
	case sesapi.Boolean:
		if flag, err := strconv.ParseBool(text); err == nil {
			return flag
		}
	}
	return text
}

// formList turns fields with the names 0, 1 and so on into a list.
func formList(p sesapi.Param, value any) any {
	fields, ok := value.(map[string]any)
	if !ok || len(fields) > maxIndex {
		return value
	}
	list := make([]any, len(fields))
	p.List = false
	for name, element := range fields {
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(list) || strconv.Itoa(i) != name {
			return value
		}
		list[i] = formValue(p, element)
	}
	return list
}
