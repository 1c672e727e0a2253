package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Format is the form in which a result is written.
type Format string

// The formats.
const (
	FormatTable Format = "table"
	FormatJSON  Format = "json"
	FormatYAML  Format = "yaml"

	// FormatMarkdown is for the few results that have such a form.
	FormatMarkdown Format = "markdown"
)

// Formats returns the names of the formats that every result has.
func Formats() []string {
	return []string{string(FormatTable), string(FormatJSON), string(FormatYAML)}
}

// ParseFormat reads the name of a format; "" is the table.
func ParseFormat(name string) (Format, error) {
	if name == "" {
		return FormatTable, nil
	}
	if !slices.Contains(Formats(), name) {
		return "", fmt.Errorf("no output format %q; there are: %s", name, strings.Join(Formats(), ", "))
	}
	return Format(name), nil
}

// Printer writes the results of one command.
type Printer struct {
	Out    io.Writer
	Format Format
	Quiet  bool
	Color  bool
	// Width is the width of the terminal in cells; 0 where Out is none, and
	// tables are then as wide as they need to be.
	Width int
}

// Result is what a command found, in every form that it may be asked in.
type Result struct {
	Data  any      // for JSON and YAML, by its json tags
	Quiet []string // for --quiet, one a line
	Table *Table   // for people; where nil, Text alone
	Lines []Line   // for people: lines with colours, after the table
	Text  []string // for people: sentences, after the lines

	Markdown string // for a comment on a pull request, where there is one
}

// Print writes r in the form that was asked for.
func (p *Printer) Print(r Result) error {
	var out []byte
	var err error
	switch {
	case p.Quiet:
		out = joinLines(r.Quiet)
	case p.Format == FormatJSON:
		out, err = JSON(r.Data)
	case p.Format == FormatYAML:
		out, err = YAML(r.Data)
	case p.Format == FormatMarkdown:
		out = []byte(r.Markdown)
	default:
		if r.Table != nil {
			out, err = r.Table.render(p)
		}
		for _, line := range r.Lines {
			out = append(append(out, line.Paint(p.Color)...), '\n')
		}
		for _, line := range r.Text {
			out = append(append(out, Printable(line)...), '\n')
		}
	}
	if err != nil {
		return err
	}
	_, err = p.Out.Write(out)
	return err
}

func joinLines(lines []string) []byte {
	var out bytes.Buffer
	for _, line := range lines {
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// JSON encodes data, indented, with a newline at the end, and without escaping
// the & and < that callback URLs contain.
func JSON(data any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// YAML encodes data with the keys that it has in JSON, in the same order.
func YAML(data any) ([]byte, error) {
	text, err := JSON(data)
	if err != nil {
		return nil, err
	}
	var node yaml.Node
	if err := yaml.Load(text, &node); err != nil { // JSON is YAML
		return nil, err
	}
	blockStyle(&node)
	return yaml.Dump(&node, yaml.WithLineWidth(-1))
}

func blockStyle(node *yaml.Node) {
	empty := len(node.Content) == 0
	if !empty || node.Kind == yaml.ScalarNode {
		node.Style = 0
	}
	for _, child := range node.Content {
		blockStyle(child)
	}
}
