package output

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/catalog"
)

// Format is the form in which a result is written.
type Format string

// The formats.
const (
	FormatTable Format = "table"
	FormatJSON  Format = "json"
	FormatYAML  Format = "yaml"
	FormatWide  Format = "wide" // the table, with every column

	// FormatMarkdown is for the few results that have a Markdown form.
	FormatMarkdown Format = "markdown"

	// FormatQuery is the JSON, transformed by --jq or --template.
	FormatQuery Format = "query"
)

// Formats returns the names of the formats that every result has.
func Formats() []string {
	return []string{string(FormatTable), string(FormatJSON), string(FormatYAML), string(FormatWide)}
}

// ParseFormat reads the name of a format, which is one of Formats or of more. An
// empty name means the table.
func ParseFormat(name string, more ...Format) (Format, error) {
	if name == "" {
		return FormatTable, nil
	}
	names := Formats()
	last := len(names) - 1
	for _, format := range more {
		names = slices.Insert(names, last, string(format))
	}
	if !slices.Contains(names, name) {
		return "", fmt.Errorf("unknown output format %q; the formats are %s", name, strings.Join(names, ", "))
	}
	return Format(name), nil
}

// Printer writes the results of one command.
type Printer struct {
	Out    io.Writer
	Format Format // FormatWide is the table with Wide set
	Quiet  bool
	Color  bool
	// Query makes the text of FormatQuery. It ends when Context ends; Context may
	// be nil.
	Query   Query
	Context context.Context

	// Terminal is true if people read Out on a terminal. Then terminal control
	// characters are replaced in every form, and tables leave out repeated values.
	Terminal bool
	// Width is the width of the terminal in cells; 0 if Out is not a terminal.
	// Then tables are as wide as necessary.
	Width int

	// Columns are the names of the columns that tables show, in their order. If it
	// is empty, tables show all columns that are not Wide.
	Columns   []string
	Wide      bool // tables show every column, whole
	WholeURLs bool // tables do not cut URLs

	Texts *catalog.Catalog // translates what people read; nil is English
}

// Result is the result of a command, in every form that the user may ask for.
type Result struct {
	// Heading is for people: what the table is about, if there are several.
	Heading string

	Data  any      // for JSON and YAML, by its json tags
	Quiet []string // for --quiet, one on each line
	Table *Table   // for people; if it is nil, Text alone
	Lines []Line   // for people: lines with colours, after the table
	Text  []string // for people: sentences, after the lines; folded to the width of the terminal
	// Verbatim are lines for people that are not translated, after the text: they are the
	// same in every language, or somebody has translated them.
	Verbatim []string

	Markdown string // for a comment on a pull request, if there is one
}

// Print writes r in the format of the printer.
func (p *Printer) Print(r Result) error {
	var out []byte
	var err error
	switch {
	case p.Quiet:
		out = p.harmless(joinLines(r.Quiet))
	case p.Format == FormatQuery:
		return p.query(r.Data)
	case p.Format == FormatJSON:
		out, err = JSON(r.Data)
	case p.Format == FormatYAML:
		out, err = encodeYAML(r.Data)
	case p.Format == FormatMarkdown:
		out = p.harmless([]byte(markdownIn(p.Texts, r.Markdown)))
	default:
		if r.Heading != "" {
			out = append(out, p.Texts.Text(r.Heading)+"\n"...)
		}
		if r.Table != nil {
			var table []byte
			table, err = r.Table.render(p)
			out = append(out, table...)
		}
		for _, line := range r.Lines {
			out = append(append(out, line.Translated(p.Texts).Paint(p.Color)...), '\n')
		}
		for _, line := range r.Text {
			for _, folded := range (Line{{Text: p.Texts.Text(line)}}).Fold(p.Width) {
				out = append(append(out, folded.Paint(false)...), '\n')
			}
		}
		for _, line := range r.Verbatim {
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

// harmless returns text that is safe for a terminal. Programs receive every byte
// unchanged.
func (p *Printer) harmless(text []byte) []byte {
	if !p.Terminal {
		return text
	}
	return []byte(printableText(string(text)))
}
