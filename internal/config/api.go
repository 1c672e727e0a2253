package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// apiRow is a replaced row of the API table in the configuration file: "off", or
// a mapping.
type apiRow struct{ sesapi.Override }

// UnmarshalYAML reads the row.
func (r *apiRow) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		isFalse := node.ShortTag() == "!!bool" && node.Value == "false"
		if node.Value != "off" && !isFalse {
			return fmt.Errorf("a row is a mapping, or off; it is not %s", callback.Quote(node.Value))
		}
		r.Off = true
		return nil
	}
	var read struct {
		Action   string              `yaml:"action"`
		Request  map[string]apiField `yaml:"request"`
		Response map[string]string   `yaml:"response"`
		None     []string            `yaml:"none"`
		Learned  string              `yaml:"learned"`
		Probed   string              `yaml:"probed"`
		Source   string              `yaml:"source"`
	}
	if err := node.Load(&read, yaml.WithKnownFields()); err != nil {
		return err
	}
	r.Action, r.Response, r.None, r.Source = read.Action, read.Response, read.None, read.Source
	for key, field := range read.Request {
		if r.Request == nil {
			r.Request, r.Types = map[string]string{}, map[string]string{}
		}
		r.Request[key] = field.Name
		if field.Type != "" {
			r.Types[key] = field.Type
		}
	}
	switch {
	case read.Learned != "":
		r.Mark, r.Day = sesapi.Learned, read.Learned
	case read.Probed != "":
		r.Mark, r.Day = sesapi.Probed, read.Probed
	}
	return nil
}

// apiField is the name of a request field, or a mapping of its name and type.
type apiField struct{ Name, Type string }

// UnmarshalYAML reads the field.
func (f *apiField) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Load(&f.Name)
	}
	var read struct {
		Name string `yaml:"name"`
		Type string `yaml:"type"`
	}
	if err := node.Load(&read, yaml.WithKnownFields()); err != nil {
		return err
	}
	f.Name, f.Type = read.Name, read.Type
	return nil
}

// check finds what the form of a row does not show.
func (r apiRow) check(operation sesapi.Operation) error {
	if r.Day != "" {
		if _, err := time.Parse(time.DateOnly, r.Day); err != nil {
			return failure.New(failure.Usage, "api.%s.%s is %s; write a day like 2006-01-02", operation, r.Mark, callback.Quote(r.Day))
		}
	}
	if slices.ContainsFunc(r.None, func(text string) bool { return strings.Contains(text, "://") }) {
		return failure.New(failure.Usage, "api.%s.none contains a URL; write the texts that mean that there is no callback", operation)
	}
	return nil
}

// checkRows returns the first mistake in the order of the operations.
func checkRows(rows map[sesapi.Operation]apiRow) error {
	for _, operation := range slices.Sorted(maps.Keys(rows)) {
		if err := rows[operation].check(operation); err != nil {
			return err
		}
	}
	return nil
}

// overrides returns the replaced rows of a profile.
func (p Profile) overrides() map[sesapi.Operation]sesapi.Override {
	rows := make(map[sesapi.Operation]sesapi.Override, len(p.API))
	for operation, row := range p.API {
		rows[operation] = row.Override
	}
	return rows
}
