package output

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Column is one column of a table.
type Column struct {
	Name string
	// Flexible columns are cut, with an ellipsis, if the table would be wider than
	// the terminal.
	Flexible bool
	// Wrapped columns hold sentences; they are broken into lines instead.
	Wrapped bool
	// Paint chooses the colour of a cell; nil for none.
	Paint func(cell string) Color
}

// Table is a result for people.
type Table struct {
	Columns []Column
	Rows    [][]string
	// Empty is printed instead of a table without rows.
	Empty string
}

const (
	columnGap    = 2
	minFlexWidth = 10
)

// render returns the table as text, with a newline after each line and no blanks
// at the end of one. Lines are at most p.Width cells wide, as far as the columns
// that may be cut or wrapped allow it.
func (t *Table) render(p *Printer) ([]byte, error) {
	if len(t.Rows) == 0 {
		if t.Empty == "" {
			return nil, nil
		}
		return []byte(t.Empty + "\n"), nil
	}
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make([]string, len(row))
		for j, cell := range row {
			rows[i][j] = Printable(cell)
		}
	}
	limits := t.limits(rows, p.Width)
	header := make([]string, len(t.Columns))
	for j, column := range t.Columns {
		header[j] = strings.ToUpper(column.Name)
	}
	for _, row := range rows {
		for j, cell := range row {
			row[j] = t.cell(j, cell, limits[j], p.Color)
		}
	}
	return draw(header, rows)
}

// draw lays the cells out in columns. It writes into memory, because Render of
// tablewriter does not return the errors of its writer. And it takes the blanks
// off the ends of the lines, which tablewriter fills up to the column's width.
func draw(header []string, rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	table := tablewriter.NewTable(&out, tablewriter.WithConfig(plainConfig()), tablewriter.WithRenderer(
		renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})))
	table.Header(header)
	for _, row := range rows {
		if err := table.Append(row); err != nil {
			return nil, err
		}
	}
	if err := table.Render(); err != nil {
		return nil, err
	}
	trimmed := make([]byte, 0, out.Len())
	for line := range bytes.Lines(out.Bytes()) {
		trimmed = append(append(trimmed, bytes.TrimRight(line, " \n")...), '\n')
	}
	return trimmed, nil
}

// plainConfig is a table without lines that awk can read: every text as it was
// given, from the left, with a gap behind it.
func plainConfig() tablewriter.Config {
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: strings.Repeat(" ", columnGap), Overwrite: true}},
	}
	return tablewriter.Config{Header: cells, Row: cells, Behavior: tw.Behavior{TrimSpace: tw.Off}}
}

func (t *Table) cell(column int, value string, limit int, color bool) string {
	shown := value
	switch {
	case limit > 0 && t.Columns[column].Wrapped:
		shown = wrap(value, limit)
	case limit > 0:
		shown = cut(value, limit)
	}
	if paint := t.Columns[column].Paint; paint != nil && color && shown != "" {
		return paint(value).wrap(shown)
	}
	return shown
}

// limits returns the largest width of each column; 0 for as wide as it is. What
// is too much is taken from the columns that give way, the widest first.
func (t *Table) limits(rows [][]string, width int) []int {
	limits := make([]int, len(t.Columns))
	if width <= 0 {
		return limits
	}
	widths := make([]int, len(t.Columns))
	for j, column := range t.Columns {
		widths[j] = cells(column.Name)
		for _, row := range rows {
			widths[j] = max(widths[j], cells(row[j]))
		}
	}
	for excess := total(widths) - width; excess > 0; excess = total(widths) - width {
		widest := -1
		for j, column := range t.Columns {
			if (column.Flexible || column.Wrapped) && widths[j] > minFlexWidth && (widest < 0 || widths[j] > widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			break
		}
		widths[widest] = max(minFlexWidth, widths[widest]-max(1, excess/len(t.Columns)))
		limits[widest] = widths[widest]
	}
	return limits
}

func total(widths []int) int {
	sum := columnGap * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}
