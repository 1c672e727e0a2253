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
	"github.com/sesctl/sesctl/internal/yamltext"
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
	CAFile       string                      `yaml:"ca_file"` // relative to the file; ~/ is the home folder
	Blind        bool                        `yaml:"blind"`
	Language     string                      `yaml:"language"`
	API          map[sesapi.Operation]apiRow `yaml:"api"`
	// Mask lists parts of callback URLs to hide, each path:N; -1 is the last.
	Mask []string `yaml:"mask"`
}

// Credentials names the source of a profile's credentials.
type Credentials struct {
	// Source is "" for the usual order, or one of Sources.
	Source string `yaml:"source"`
	// Name is the profile of Tencent's command-line tool if the source is tccli or
	// the usual order, and the section of the file if the source is file.
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
	if faults := yamltext.Check(data); len(faults) > 0 {
		return File{}, usagef("%s: %s", path, faultsReason(faults))
	}
	var file File
	loader, err := yaml.NewLoader(bytes.NewReader(yamltext.AcceptVersion(data)), yaml.WithKnownFields())
	if err != nil {
		return File{}, usagef("%s: %w", path, err)
	}
	if err := loader.Load(&file); errors.Is(err, io.EOF) {
		return File{}, nil // an empty file
	} else if err != nil {
		return File{}, usagef("%s: %s", path, yamlReason(err, data))
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
	if source := p.Credentials.Source; p.Credentials.Role != "" && source != "cvm" {
		return usagef("credentials.role is set, but only source: cvm has a role; write source: cvm, or remove role")
	}
	if source := p.Credentials.Source; p.Credentials.Name != "" && source != "" && source != "tccli" && source != "file" {
		return usagef("credentials.name is set, but source: %s has no names; remove name, or use source: tccli or file", source)
	}
	if p.Language != "" && !slices.Contains(Languages(), p.Language) {
		return usagef("language is %q; it must be one of %s", p.Language, strings.Join(Languages(), ", "))
	}
	for operation, row := range p.API {
		if err := row.check(operation); err != nil {
			return err
		}
	}
	if _, err := p.maskedSegments(); err != nil {
		return err
	}
	for _, port := range p.AllowedPorts {
		if port < 1 || port > 65535 {
			return usagef("allowed_ports: %d is not a port", port)
		}
	}
	return nil
}

// maskedSegments returns which segments of the paths of callback URLs are hidden.
func (p Profile) maskedSegments() ([]int, error) {
	var segments []int
	for _, part := range p.Mask {
		number, isPath := strings.CutPrefix(part, "path:")
		segment, err := strconv.Atoi(number)
		if !isPath || err != nil || segment == 0 {
			return nil, usagef("mask: %q is not path:N, such as path:1 for the first segment of the path and path:-1 for the last", part)
		}
		segments = append(segments, segment)
	}
	return segments, nil
}

// faultsReason names the place of each character that does not belong into the
// file.
func faultsReason(faults []yamltext.Fault) string {
	var reasons []string
	for i, f := range faults {
		if i == mostReasons {
			reasons = append(reasons, fmt.Sprintf("and %d more", len(faults)-i))
			break
		}
		reasons = append(reasons, fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Message))
	}
	return strings.Join(reasons, "; ")
}

// yamlReason returns the errors of the YAML library with their lines, in words for
// somebody who writes the file and does not know Go types.
func yamlReason(err error, data []byte) string {
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
			reasons = append(reasons, lineReason(e, data))
		}
		return strings.Join(reasons, "; ")
	case errors.As(err, &one):
		return lineReason(one, data)
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

func lineReason(e *yaml.LoadError, data []byte) string {
	if e.Stage == yaml.ScannerStage || e.Stage == yaml.ParserStage {
		return fmt.Sprintf("line %d: not valid YAML: %s", e.Mark.Line, yamltext.Reason(e.Message, data, e.Mark.Line, e.Mark.Column))
	}
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
