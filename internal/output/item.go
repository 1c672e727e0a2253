package output

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Item is one of many results that come one at a time: a line for people, an
// object a line in JSON, a document in YAML. Only the form that is asked for has
// to be there.
type Item struct {
	Data  any
	Quiet string
	Cells []Cell // for people
}

// Cell is a part of the line that people see.
type Cell struct {
	Text  string
	Width int // the cell is filled up to it, so that lines stand below each other
	Color Color
	// Flexible cells are cut where the line would be wider than the terminal.
	Flexible bool
}

// PrintItem writes one item.
func (p *Printer) PrintItem(item Item) error {
	var out []byte
	var err error
	switch {
	case p.Quiet:
		out = append([]byte(item.Quiet), '\n')
	case p.Format == FormatJSON:
		out, err = jsonLine(item.Data)
	case p.Format == FormatYAML:
		out, err = YAML(item.Data)
		out = append([]byte("---\n"), out...)
	default:
		out = p.line(item.Cells)
	}
	if err != nil {
		return err
	}
	_, err = p.Out.Write(out)
	return err
}

func jsonLine(data any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(data)
	return out.Bytes(), err
}

func (p *Printer) line(parts []Cell) []byte {
	var out strings.Builder
	for i, cell := range parts {
		shown := Printable(cell.Text)
		width := max(cells(shown), cell.Width)
		if cell.Flexible && p.Width > 0 {
			width = min(width, max(minFlexWidth, p.Width-taken(parts, i)))
			shown = cut(shown, width)
		}
		if i < len(parts)-1 {
			shown += strings.Repeat(" ", width+columnGap-cells(shown))
		}
		if p.Color && strings.TrimSpace(shown) != "" {
			shown = cell.Color.wrap(shown)
		}
		out.WriteString(shown)
	}
	return append([]byte(strings.TrimRight(out.String(), " ")), '\n')
}

// taken returns the width of the other cells, with the gaps between all.
func taken(parts []Cell, except int) int {
	sum := columnGap * (len(parts) - 1)
	for i, cell := range parts {
		if i != except {
			sum += max(cells(Printable(cell.Text)), cell.Width)
		}
	}
	return sum
}
