package manifest

import (
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// expand replaces ${NAME} by the environment variable, and $${ by ${. It also
// returns which parts of the result came from variables. An empty variable is an
// error, like a variable that is not set: CI systems set withheld secrets to empty
// values, and a callback without its secret must not be applied.
//
// Values are not expanded again. The problems do not repeat values, or text that
// is not a name.
func expand(text string, lookup Lookup) (expanded string, variables []callback.Variable, problems []string) {
	var out strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			out.WriteString(text)
			return out.String(), variables, problems
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
			return "", nil, append(problems, "${ has no }; write $${ for a literal ${")
		case !isVariableName(name):
			problems = append(problems, "the text between ${ and } is not the name of a variable; write $${ for a literal ${")
		default:
			value, found := lookup(name)
			switch {
			case !found:
				problems = append(problems, "the environment variable "+callback.Quote(name)+" is not set")
			case value == "":
				problems = append(problems, "the environment variable "+callback.Quote(name)+" is set, but empty")
			}
			start := out.Len()
			out.WriteString(value)
			variables = append(variables, callback.Variable{Name: name, Start: start, End: out.Len()})
		}
		text = rest
	}
}

// isVariableName reports whether a shell would accept name as the name of a
// variable.
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
