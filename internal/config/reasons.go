package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/yamltext"
)

// faultsReason names the place of each character that does not belong into the
// file.
func faultsReason(faults []yamltext.Fault) string {
	return joinReasons(faults, func(f yamltext.Fault) string {
		return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Message)
	})
}

// yamlReason returns the errors of the YAML library with their lines, in words for
// somebody who writes the file and does not know Go types.
func yamlReason(err error, data []byte) string {
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		return joinReasons(all.Errors, func(e *yaml.LoadError) string { return lineReason(e, data) })
	case errors.As(err, &one):
		return lineReason(one, data)
	}
	return "the file is not of the form that YAML has"
}

// mostReasons limits the message about a file that is not a configuration at all.
const mostReasons = 5

// joinReasons joins the reasons of the first faults, and counts the others.
func joinReasons[T any](faults []T, reason func(T) string) string {
	var reasons []string
	for _, f := range faults[:min(len(faults), mostReasons)] {
		reasons = append(reasons, reason(f))
	}
	if more := len(faults) - mostReasons; more > 0 {
		reasons = append(reasons, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(reasons, "; ")
}

// lineReason explains an error of the library with its place. It does not repeat values,
// because a value in the wrong place may be a secret.
func lineReason(e *yaml.LoadError, data []byte) string {
	mark := e.Mark
	if yamltext.AtStart(e.Message) {
		mark = e.ContextMark
	}
	message := e.Message
	switch {
	case e.Stage == yaml.ScannerStage || e.Stage == yaml.ParserStage:
		return fmt.Sprintf("line %d, column %d: not valid YAML: %s", mark.Line, mark.Column, yamltext.Reason(message, data, mark.Line, mark.Column))
	case e.Stage == yaml.ComposerStage:
		message = "an alias (*) has no anchor (&) before it"
	case strings.HasPrefix(message, "field "):
		message = unknownKey(message)
	case strings.HasPrefix(message, "mapping key "):
		message = repeatedKey(message)
	case strings.HasPrefix(message, "cannot construct "):
		message = wrongType(message)
	case strings.Contains(message, "merge"):
		message = "a merge key (<<) needs a mapping"
	case !strings.HasPrefix(message, "a row "):
		message = "the value is not of the form that this key has"
	}
	if mark.Column == 0 {
		return fmt.Sprintf("line %d: %s", mark.Line, message)
	}
	return fmt.Sprintf("line %d, column %d: %s", mark.Line, mark.Column, message)
}

// unknownKey explains: field NAME not found in type TYPE.
func unknownKey(message string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(message, "field "), " not found in type")
	switch {
	case looksLikeKey(name):
		return "unknown key " + strconv.Quote(name)
	case yamltext.Foreign(name) != "":
		return "unknown key: " + yamltext.Foreign(name)
	}
	return "unknown key"
}

// repeatedKey explains: mapping key "NAME" already defined at line N.
func repeatedKey(message string) string {
	name, line, found := strings.Cut(strings.TrimPrefix(message, "mapping key "), " already defined at line ")
	switch {
	case !found:
		return "a key is repeated"
	case looksLikeKey(strings.Trim(name, `"`)):
		return "the key " + name + " is already in line " + line
	}
	return "a key is repeated; it is already in line " + line
}

// wrongType explains: cannot construct TAG `VALUE` into TYPE.
func wrongType(message string) string {
	tag, _, _ := strings.Cut(strings.TrimPrefix(message, "cannot construct "), " ")
	found := map[string]string{
		"!!str": "text", "!!int": "a number", "!!float": "a number", "!!bool": "true or false", "!!null": "left empty",
		"!!seq": "a list", "!!map": "a mapping", "!!timestamp": "a date",
	}[tag]
	if found == "" {
		found = "of another type"
	}
	into := message[strings.LastIndexByte(message, ' ')+1:]
	wanted := "a mapping"
	switch {
	case strings.HasPrefix(into, "[]"):
		wanted = "a list"
	case strings.HasPrefix(into, "int"):
		wanted = "a whole number"
	case into == "bool":
		wanted = "true or false"
	case into == "string", strings.HasSuffix(into, "Operation"):
		wanted = "text"
	}
	return fmt.Sprintf("wrong type: the value is %s, but must be %s", found, wanted)
}

// looksLikeKey reports whether a word can be repeated in a message. A word that
// cannot be a key comes from another kind of file, which may hold secrets.
func looksLikeKey(name string) bool {
	const longest = 40
	return len(name) <= longest && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
