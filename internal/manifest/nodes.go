package manifest

import (
	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/yamltext"
)

// checkNodes refuses features that make YAML hard to read and to trust: anchors,
// aliases, merge keys, tags and escapes that hide what a text means.
func (r *reader) checkNodes(root *yaml.Node) bool {
	before := len(r.errors)
	text := yamltext.NewText(r.source.text)
	escapes := text.HasEscapes()
	var walk func(node *yaml.Node, named bool)
	walk = func(node *yaml.Node, named bool) {
		switch {
		case node.Kind == yaml.AliasNode:
			r.fail(node, "aliases are not supported; write the value itself")
		case node.Anchor != "":
			r.fail(node, "anchors are not supported; write the value in each place")
		case node.Tag == "!!merge":
			r.fail(node, "merge keys are not supported; write the keys themselves")
		case node.Style&yaml.TaggedStyle != 0 || node.Tag == "!":
			r.fail(node, "tags are not supported; write the value without it")
		}
		if escapes && node.Style&yaml.DoubleQuotedStyle != 0 {
			r.checkEscapes(text, node, named)
		}
		for i, child := range node.Content {
			walk(child, node.Kind == yaml.SequenceNode || i%2 == 0)
		}
	}
	walk(root, false)
	return len(r.errors) == before
}

// checkEscapes refuses escapes that hide what a text means. In a name, that is a key or
// an item of a list, they may not mean invisible characters either. In a URL, the rules
// for URLs refuse these.
func (r *reader) checkEscapes(text *yamltext.Text, node *yaml.Node, named bool) {
	for _, fault := range yamltext.Escapes(text.From(node.Line, node.Column), named) {
		column := fault.Column
		if fault.Line == 1 {
			column += node.Column - 1
		}
		r.failAt(r.place(node.Line+fault.Line-1, column), "%s", fault.Message)
	}
}
