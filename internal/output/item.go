package output

import (
	"strings"
)

// Item is one of many results that are printed one at a time: as a line for
// people, as an object on one line in JSON, or as a document in YAML. Only the
// requested form must be set.
type Item struct {
	Data  any
	Quiet string
	Cells []Cell // for people
}

// Cell is a part of the line that people see.
type Cell struct {
	Text  string
	Width int // the cell is padded to this width, so that lines are aligned
	Color Color
	// Fit is what happens to the cell if the line is wider than the terminal. The
	// last cell then moves to its own line, if it is not Whole.
	Fit Fit
	// Verbatim is text that is not translated: it is not ours.
	Verbatim bool
}

// PrintItem writes one item.
func (p *Printer) PrintItem(item Item) error {
	var out []byte
	var err error
	switch {
	case p.Quiet:
		out = p.harmless(append([]byte(item.Quiet), '\n'))
	case p.Format == FormatQuery:
		return p.query(item.Data)
	case p.Format == FormatJSON:
		out, err = jsonLine(item.Data)
	case p.Format == FormatYAML:
		out, err = encodeYAML(item.Data)
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

// line lays out the cells on one line. On a terminal it fits them to the width.
// First the last cell is shortened or, if too little of it would remain, moves
// below. Then the padding is removed. At last addresses are cut.
func (p *Printer) line(parts []Cell) []byte {
	shown := make([]Cell, len(parts))
	for i, cell := range parts {
		if !cell.Verbatim {
			cell.Text = p.Texts.Word(cell.Text)
		}
		cell.Text = Printable(cell.Text)
		cell.Width = max(cell.Width, cells(cell.Text))
		shown[i] = cell
	}
	var below []byte
	if last := len(shown) - 1; p.Width > 0 && last > 0 && shown[last].Fit != Whole {
		room := p.Width - lineWidth(shown[:last]) - columnGap
		switch wanted := cells(shown[last].Text); {
		case wanted == 0:
			shown = shown[:last]
		case wanted > room && room < readable[Sentences]:
			below = p.belowLine(shown[last])
			shown = shown[:last]
		default:
			shown[last].Text = shorten(shown[last], min(wanted, room))
			shown[last].Width = cells(shown[last].Text)
		}
	}
	if p.Width > 0 {
		squeeze(shown, p.Width)
	}
	return append(p.paintLine(shown), below...)
}

func lineWidth(parts []Cell) int {
	sum := -columnGap
	for _, cell := range parts {
		sum += cell.Width + columnGap
	}
	return sum
}

func (p *Printer) belowLine(cell Cell) []byte {
	const indent = 2
	cell.Text = shorten(cell, max(smallest[Text], p.Width-indent))
	return append([]byte(strings.Repeat(" ", indent)), p.paintLine([]Cell{cell})...)
}

// shorten returns the part of a cell that fits into width cells of one line.
func shorten(cell Cell, width int) string {
	if cell.Fit == URL || cell.Fit == Address {
		return cutMiddle(cell.Text, width)
	}
	return cut(cell.Text, width)
}

// squeeze narrows cells until they fit into width: first their padding, then
// addresses.
func squeeze(parts []Cell, width int) {
	for i := range parts {
		if excess := lineWidth(parts) - width; excess > 0 {
			parts[i].Width = max(cells(parts[i].Text), parts[i].Width-excess)
		}
	}
	for i, cell := range parts {
		if excess := lineWidth(parts) - width; excess > 0 && cell.Fit == Address {
			parts[i].Text = cutMiddle(cell.Text, max(smallest[Address], cell.Width-excess))
			parts[i].Width = cells(parts[i].Text)
		}
	}
}

func (p *Printer) paintLine(parts []Cell) []byte {
	var out strings.Builder
	for i, cell := range parts {
		shown := cell.Text
		if i < len(parts)-1 {
			shown += strings.Repeat(" ", cell.Width+columnGap-cells(shown))
		}
		if p.Color && strings.TrimSpace(shown) != "" {
			shown = cell.Color.wrap(shown)
		}
		out.WriteString(shown)
	}
	return append([]byte(strings.TrimRight(out.String(), " ")), '\n')
}
