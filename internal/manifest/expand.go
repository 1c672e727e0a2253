package manifest

import (
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// expand replaces ${NAME} by the environment variable, and $${ by ${. A variable
// that is empty is an error like one that is not set: CI systems make empty
// variables of secrets that they withhold, and a callback without its secret
// must not be applied. Values are not expanded again. The problems repeat no
// value, and of what is no name nothing.
func expand(text string, lookup Lookup) (expanded string, problems []string) {
	var out strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			out.WriteString(text)
			return out.String(), problems
		}
		if i > 0 && text[i-1] == '$' {
			out.WriteString(text[:i-1] + "${")
			text = text[i+len("${"):]
			continue
		}
		out.WriteString(text[:i])
		name, rest, closed := strings.Cut(text[i+len("${"):], "}")
		switch {
		case !closed:
			return "", append(problems, "${ has no }; write $${ for a ${ that stands for itself")
		case !isVariableName(name):
			problems = append(problems, "between ${ and } stands no name of a variable; write $${ for a ${ that stands for itself")
		default:
			value, found := lookup(name)
			switch {
			case !found:
				problems = append(problems, "the environment variable "+callback.Quote(name)+" is not set")
			case value == "":
				problems = append(problems, "the environment variable "+callback.Quote(name)+" is empty")
			}
			out.WriteString(value)
		}
		text = rest
	}
}

// isVariableName reports whether a shell would take name for that of a variable.
func isVariableName(name string) bool {
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// escape is the inverse of expand for text without variables.
func escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }
