package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// textEdit is the file as lines, while rows are put into it.
type textEdit struct {
	lines []string // without line ends
	end   string
}

// editText puts rows into the text of the file, line by line. It fails if the
// place is not in block style, or has anchors or more than one document.
func editText(data []byte, profile string, rows map[sesapi.Operation]sesapi.Override) ([]byte, error) {
	e := &textEdit{end: lineEnd(data)}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if text != "" {
		e.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	for _, operation := range slices.Sorted(maps.Keys(rows)) {
		if err := e.put(profile, operation, rows[operation]); err != nil {
			return nil, err
		}
	}
	return []byte(strings.Join(e.lines, e.end) + e.end), nil
}

// put replaces one row, or inserts it as the first of its profile.
func (e *textEdit) put(profile string, operation sesapi.Operation, row sesapi.Override) error {
	var document yaml.Node
	if !slices.ContainsFunc(e.lines, hasContent) {
		document.Kind = yaml.DocumentNode // the library takes an empty file for an error
	} else if err := yaml.Load([]byte(strings.Join(e.lines, "\n")+"\n"), &document); err != nil {
		return err
	}
	var in *yaml.Node
	if len(document.Content) > 0 {
		in = document.Content[0]
	}
	path := []string{"profiles", profile, "api", string(operation)}
	at, step := len(e.lines), 2
	indent := 0
	for depth, name := range path {
		if in == nil || isEmpty(in) {
			return e.insert(at, indent, step, path[depth:], operation, row)
		}
		if in.Kind != yaml.MappingNode || in.Style&yaml.FlowStyle != 0 || in.Anchor != "" || len(in.Content) == 0 {
			return errNotFound
		}
		indent = in.Content[0].Column - 1
		key, value := find(in, name)
		if key == nil {
			return e.insert(lastLine(in), indent, step, path[depth:], operation, row)
		}
		if depth == len(path)-1 {
			return e.replace(key, value, indent, row, operation)
		}
		if value.Kind == yaml.MappingNode && len(value.Content) > 0 {
			step = max(1, value.Content[0].Column-key.Column)
		}
		at, in, indent = key.Line, value, indent+step
	}
	return nil
}

// hasContent reports whether a line is neither blank nor a comment.
func hasContent(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && line[0] != '#'
}

// isEmpty reports whether a key has nothing below it yet: null, or {}.
func isEmpty(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" || node.Kind == yaml.MappingNode && len(node.Content) == 0
}

// insert adds the keys of a path that are missing, and the row, after a line.
func (e *textEdit) insert(at, indent, step int, missing []string, operation sesapi.Operation, row sesapi.Override) error {
	if at > 0 && at <= len(e.lines) {
		for _, empty := range []string{" {}", " null", " ~"} { // a key that has nothing below it yet
			e.lines[at-1] = strings.TrimSuffix(e.lines[at-1], empty)
		}
	}
	var added []string
	for _, name := range missing[:len(missing)-1] {
		added = append(added, strings.Repeat(" ", indent)+scalarText(name)+":")
		indent += step
	}
	for _, line := range rowLines(operation, row) {
		added = append(added, strings.Repeat(" ", indent)+line)
	}
	e.lines = slices.Insert(e.lines, at, added...)
	return nil
}

// replace puts a row in place of the lines that it has.
func (e *textEdit) replace(key, value *yaml.Node, indent int, row sesapi.Override, operation sesapi.Operation) error {
	var lines []string
	for _, line := range rowLines(operation, row) {
		lines = append(lines, strings.Repeat(" ", indent)+line)
	}
	e.lines = slices.Replace(e.lines, key.Line-1, lastLine(value), lines...)
	return nil
}

// lastLine returns the last line of a node. A text of several lines counts as one:
// the result is read again before it is used.
func lastLine(node *yaml.Node) int {
	last := node.Line
	for _, child := range node.Content {
		last = max(last, lastLine(child))
	}
	return last
}
