package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/sesctl/sesctl/internal/yamltext"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// maxDepth is more than any declaration needs. The parser is recursive.
	maxDepth = 20
	// maxParts limits the number of nodes in a file: each node except the first
	// comes after a comma or on a line of its own. An entry has at least forty
	// bytes in practice, so the limit on the size is reached first.
	maxParts = 500_000
)

// reader reads one file.
type reader struct {
	file   string
	lookup Lookup
	source source

	rows        []callback.Declared
	only        []string // the profile of each row, "" for all profiles
	profile     string   // the profile whose rows are read, "" for all profiles
	unmanaged   *yaml.Node
	profiles    []string
	profilesSet bool
	profilesAt  callback.Position
	errors      Errors
}

func (r *reader) at(node *yaml.Node) callback.Position { return r.place(node.Line, node.Column) }

// place returns the place in the file of a place in what the parser read.
func (r *reader) place(line, column int) callback.Position {
	return callback.Position{File: r.file, Line: line, Column: r.source.column(line, column)}
}

func (r *reader) failAt(p callback.Position, format string, args ...any) {
	if len(r.errors) < maxErrors {
		r.errors = append(r.errors, &Error{Position: p, Message: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) fail(node *yaml.Node, format string, args ...any) {
	r.failAt(r.at(node), format, args...)
}

func (r *reader) read(data []byte) {
	start := callback.Position{File: r.file, Line: 1, Column: 1}
	switch {
	case len(data) > MaxSize:
		r.failAt(start, "the file has more than %d MiB", MaxSize>>20)
	case bytes.Count(data, []byte(","))+bytes.Count(data, []byte("\n")) > maxParts:
		r.failAt(start, "the file has more than %d lines and commas", maxParts)
	case r.checkCharacters(data):
		if root := r.document(data, start); root != nil && r.checkNodes(root) {
			r.topLevel(root)
		}
	}
}

// checkCharacters refuses characters that are not allowed in YAML, and characters
// that show a reviewer a different text than the parser reads.
func (r *reader) checkCharacters(data []byte) bool {
	faults := yamltext.Check(data)
	for _, f := range faults {
		r.failAt(callback.Position{File: r.file, Line: f.Line, Column: f.Column}, "%s", f.Message)
	}
	return len(faults) == 0
}

// document returns the root of the only document, or nil if there is an error.
func (r *reader) document(data []byte, start callback.Position) *yaml.Node {
	r.source = sourceOf(data)
	loader, err := yaml.NewLoader(bytes.NewReader(r.source.text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		r.failAt(start, "cannot read YAML: %v", err)
		return nil
	}
	var first, second yaml.Node
	err = loader.Load(&first)
	if errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0 {
		r.failAt(start, nothing)
		return nil
	}
	if err == nil {
		err = loader.Load(&second)
	}
	switch {
	case errors.Is(err, io.EOF):
		return first.Content[0]
	case err == nil:
		r.fail(&second, "a second document begins here; a file may hold only one")
	default:
		r.failYAML(err, data, start)
	}
	return nil
}

// failYAML reports an error of the YAML library at its position.
func (r *reader) failYAML(err error, data []byte, start callback.Position) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		r.failAt(start, "not valid YAML")
		return
	}
	mark := e.Mark
	if yamltext.AtStart(e.Message) {
		mark = e.ContextMark
	}
	at := start
	if mark.Line > 0 {
		at = r.place(mark.Line, max(mark.Column, 1))
	}
	if e.Stage == yaml.ComposerStage {
		r.failAt(at, "aliases are not supported; write the value itself")
		return
	}
	r.failAt(at, "not valid YAML: %s", yamltext.Reason(e.Message, data, mark.Line, mark.Column))
}
