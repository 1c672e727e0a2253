package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// File is the configuration file.
type File struct {
	Profiles map[string]Profile `yaml:"profiles"`
}

// Profile is a named set of settings: where and how to act.
type Profile struct {
	Region       string                      `yaml:"region"`
	Endpoint     string                      `yaml:"endpoint"`
	Credentials  Credentials                 `yaml:"credentials"`
	AllowedPorts []int                       `yaml:"allowed_ports"`
	CAFile       string                      `yaml:"ca_file"`
	Blind        bool                        `yaml:"blind"`
	Language     string                      `yaml:"language"`
	API          map[sesapi.Operation]apiRow `yaml:"api"`
}

// Credentials names the source of a profile's credentials.
type Credentials struct {
	// Source is "" for the usual order, or one of Sources.
	Source string `yaml:"source"`
	// Name is the profile of Tencent's command-line tool if the source is tccli, and
	// the section of the file if the source is file.
	Name string `yaml:"name"`
	// Role is the CVM role if the source is cvm; "" is the role that is bound.
	Role string `yaml:"role"`
}

// Sources returns the values of credentials.source.
func Sources() []string { return []string{"env", "tccli", "file", "cvm", "oidc"} }

// Languages returns the values of language: the languages in which API 3.0 has
// messages.
func Languages() []string { return []string{"en-US", "zh-CN"} }

func parse(path string, data []byte) (File, error) {
	var file File
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithKnownFields())
	if err != nil {
		return File{}, usagef("%s: %w", path, err)
	}
	if err := loader.Load(&file); errors.Is(err, io.EOF) {
		return File{}, nil // an empty file
	} else if err != nil {
		return File{}, usagef("%s: %s", path, yamlReason(err))
	}
	if err := loader.Load(new(File)); !errors.Is(err, io.EOF) {
		return File{}, usagef("%s: a second document; the file must hold only one", path)
	}
	for name, profile := range file.Profiles {
		if err := profile.check(); err != nil {
			return File{}, usagef("%s: profile %s: %w", path, name, err)
		}
	}
	return file, nil
}

func (p Profile) check() error {
	if source := p.Credentials.Source; source != "" && !slices.Contains(Sources(), source) {
		return usagef("credentials.source is %q; it must be one of %s", source, strings.Join(Sources(), ", "))
	}
	if p.Language != "" && !slices.Contains(Languages(), p.Language) {
		return usagef("language is %q; it must be one of %s", p.Language, strings.Join(Languages(), ", "))
	}
	for operation, row := range p.API {
		if err := row.check(operation); err != nil {
			return err
		}
	}
	for _, port := range p.AllowedPorts {
		if port < 1 || port > 65535 {
			return usagef("allowed_ports: %d is not a port", port)
		}
	}
	return nil
}

// yamlReason returns the errors of the YAML library with their lines, in words for
// somebody who writes the file and does not know Go types.
func yamlReason(err error) string {
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		var reasons []string
		for i, e := range all.Errors {
			if i == mostReasons {
				reasons = append(reasons, fmt.Sprintf("and %d more", len(all.Errors)-i))
				break
			}
			reasons = append(reasons, lineReason(e))
		}
		return strings.Join(reasons, "; ")
	case errors.As(err, &one):
		return lineReason(one)
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

func lineReason(e *yaml.LoadError) string {
	message := e.Message
	if field, isUnknown := strings.CutPrefix(message, "field "); isUnknown {
		if name, _, found := strings.Cut(field, " not found in type"); found {
			message = "unknown key"
			if looksLikeKey(name) {
				message += " " + strconv.Quote(name)
			}
		}
	}
	if before, _, found := strings.Cut(message, " into "); found && strings.HasPrefix(message, "cannot construct") {
		message = "wrong type: " + strings.TrimPrefix(before, "cannot construct ")
	}
	return fmt.Sprintf("line %d: %s", e.Mark.Line, message)
}

// mostReasons limits the message about a file that is not a configuration at all.
const mostReasons = 5

// looksLikeKey reports whether a word can be repeated in a message. A word that
// cannot be a key comes from another kind of file, which may hold secrets.
func looksLikeKey(name string) bool {
	const longest = 40
	return len(name) <= longest && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
