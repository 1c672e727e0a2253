package config

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/yamltext"
)

// Document returns the root of a YAML document that people review, or nil if the file is
// empty. It refuses what a reviewer and a parser read differently: characters, escapes,
// tags and numbers that are not plain decimal digits. The error has kind usage, and
// names the file and the line.
func Document(path string, data []byte) (*yaml.Node, error) {
	if faults := yamltext.Check(data); len(faults) > 0 {
		return nil, failure.New(failure.Usage, "%s: %s", path, faultsReason(faults))
	}
	text := yamltext.AcceptVersion(data)
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil, failure.New(failure.Usage, "%s: cannot read YAML", path)
	}
	var document yaml.Node
	if err := loader.Load(&document); errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		return nil, nil
	} else if err != nil {
		return nil, failure.New(failure.Usage, "%s: %s", path, yamlReason(err, data))
	}
	var second yaml.Node
	if err := loader.Load(&second); err == nil {
		return nil, failure.New(failure.Usage, "%s: line %d, column %d: a second document; the file must hold only one", path, second.Line, second.Column)
	} else if !errors.Is(err, io.EOF) {
		return nil, failure.New(failure.Usage, "%s: %s", path, yamlReason(err, data))
	}
	c := checker{text: yamltext.NewText(text)}
	c.escapes = c.text.HasEscapes()
	c.node(document.Content[0], false)
	if len(c.faults) > 0 {
		return nil, failure.New(failure.Usage, "%s: %s", path, faultsReason(c.faults))
	}
	return document.Content[0], nil
}

// load reads a document into a value. Unknown keys are errors.
func load(path string, data []byte, value any) error {
	root, err := Document(path, data)
	if err != nil || root == nil {
		return err
	}
	if err := root.Load(value, yaml.WithKnownFields()); err != nil {
		return failure.New(failure.Usage, "%s: %s", path, yamlReason(err, data))
	}
	return nil
}

// checker collects the faults of a document.
type checker struct {
	text    *yamltext.Text
	escapes bool
	faults  []yamltext.Fault
}

func (c *checker) fault(node *yaml.Node, message string) {
	c.faults = append(c.faults, yamltext.Fault{Line: node.Line, Column: node.Column, Message: message})
}

// node checks a node. Key is set for the key of a mapping.
func (c *checker) node(node *yaml.Node, key bool) {
	switch {
	case node.Kind == yaml.AliasNode:
		return // the anchor is checked
	case node.Style&yaml.TaggedStyle != 0 || node.Tag == "!":
		c.fault(node, "tags are not supported; write the value without it")
	case key && node.Tag == "!!null":
		c.fault(node, "a key is empty; write its name")
	case node.Tag == "!!int" && !isDecimal(node.Value):
		c.fault(node, "a number has only decimal digits, without a zero before them; put a text in quotes")
	}
	if c.escapes && node.Style&yaml.DoubleQuotedStyle != 0 {
		for _, fault := range yamltext.Escapes(c.text.From(node.Line, node.Column), true) {
			if fault.Line == 1 {
				fault.Column += node.Column - 1
			}
			fault.Line += node.Line - 1
			c.faults = append(c.faults, fault)
		}
	}
	for i, child := range node.Content {
		c.node(child, node.Kind == yaml.MappingNode && i%2 == 0)
	}
}

// isDecimal reports whether an integer is written as people read it.
func isDecimal(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits == "0" || !strings.HasPrefix(digits, "0") && strings.Trim(digits, "0123456789") == ""
}
