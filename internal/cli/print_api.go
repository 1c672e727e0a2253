package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// fieldView is the name and the type of a field in JSON and YAML.
type fieldView struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// rowView is a row of the API table in JSON and YAML.
type rowView struct {
	Operation  sesapi.Operation     `json:"operation"`
	Action     string               `json:"action"`
	Write      bool                 `json:"write"`
	Mark       string               `json:"mark"`
	Source     string               `json:"source"`
	Request    map[string]fieldView `json:"request"`
	Response   map[string]fieldView `json:"response"`
	ReplacedIn string               `json:"replaced_in"`
	Off        bool                 `json:"off"`
}

func viewRow(row sesapi.Row, settings config.Settings) rowView {
	v := rowView{
		Operation: row.Operation, Action: row.Action, Write: row.Write, Mark: markOf(row), Source: row.Source, Off: row.Off,
		Request: requestFields(row), Response: responseFields(row.Response),
	}
	if row.Replaced {
		v.ReplacedIn = fmt.Sprintf("profile %s in %s", settings.Profile, settings.File)
	}
	return v
}

// markOf returns the mark of a row, with the day for learned and probed rows. If a
// profile replaces the row by hand, the built-in mark does not apply.
func markOf(row sesapi.Row) string {
	switch {
	case row.Day != "":
		return string(row.Mark) + " " + row.Day
	case row.Replaced:
		return "replaced"
	}
	return string(row.Mark)
}

// requestFields returns the field names of a request, without the fields that are not
// sent.
func requestFields(row sesapi.Row) map[string]fieldView {
	fields := map[string]fieldView{}
	for key, name := range row.Request {
		if name != "" {
			fields[key] = fieldView{name, row.TypeOf(key)}
		}
	}
	return fields
}

func responseFields(names map[string]string) map[string]fieldView {
	fields := map[string]fieldView{}
	for key, name := range names {
		kind := sesapi.TypeString
		switch key {
		case sesapi.KeyItems:
			kind = "list"
		case sesapi.KeyTotal:
			kind = sesapi.TypeInteger
		}
		if name != "" {
			fields[key] = fieldView{name, kind}
		}
	}
	return fields
}

// fieldsText returns field names for a table cell: "url: Url, limit: Limit (integer)".
func fieldsText(fields map[string]fieldView) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		text := key + ": " + fields[key].Name
		if fields[key].Type == sesapi.TypeInteger {
			text += " (integer)"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// markText returns the mark of a row for a table.
func (v rowView) markText() string {
	if v.Off {
		return v.Mark + ", off"
	}
	return v.Mark
}
