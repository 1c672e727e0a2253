package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
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
	var file File
	if err := load(path, data, &file); err != nil {
		return File{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(file.Profiles)) {
		if name == "" {
			return File{}, failure.New(failure.Usage, "%s: a profile has an empty name", path)
		}
		if err := file.Profiles[name].check(); err != nil {
			return File{}, failure.New(failure.Usage, "%s: profile %s: %w", path, name, err)
		}
	}
	return file, nil
}

func (p Profile) check() error {
	if source := p.Credentials.Source; source != "" && !slices.Contains(Sources(), source) {
		return failure.New(failure.Usage, "credentials.source is %q; it must be one of %s", source, strings.Join(Sources(), ", "))
	}
	if source := p.Credentials.Source; p.Credentials.Role != "" && source != "cvm" {
		return failure.New(failure.Usage, "credentials.role is set, but only source: cvm has a role; write source: cvm, or remove role")
	}
	if source := p.Credentials.Source; p.Credentials.Name != "" && source != "" && source != "tccli" && source != "file" {
		return failure.New(failure.Usage, "credentials.name is set, but source: %s has no names; remove name, or use source: tccli or file", source)
	}
	if p.Language != "" && !slices.Contains(Languages(), p.Language) {
		return failure.New(failure.Usage, "language is %q; it must be one of %s", p.Language, strings.Join(Languages(), ", "))
	}
	if err := checkRows(p.API); err != nil {
		return err
	}
	if _, err := p.maskedSegments(); err != nil {
		return err
	}
	for _, port := range p.AllowedPorts {
		if port < 1 || port > 65535 {
			return failure.New(failure.Usage, "allowed_ports: %d is not a port", port)
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
			return nil, failure.New(failure.Usage, "mask: %q is not path:N, such as path:1 for the first segment of the path and path:-1 for the last", part)
		}
		segments = append(segments, segment)
	}
	return segments, nil
}
