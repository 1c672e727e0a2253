package output

import (
	"bytes"
	"slices"
	"strings"
)

// readable is the smallest width, in cells, at which a column of each kind can
// still be read. Whole columns are never narrowed.
var readable = [...]int{Sentences: 24, URL: 24, Text: 12, Address: 24}

// smallest is the width of a column of each kind if nothing else helps.
var smallest = [...]int{Sentences: 12, URL: 12, Text: 8, Address: 12}

// layout is how a table fits the terminal.
type layout struct {
	widths []int  // of the columns, in cells
	below  []bool // the cells of the column are below their row
}

// fitted renders the table in p.Width cells, as far as possible.
func (t *Table) fitted(p *Printer) ([]byte, error) {
	l := t.fit(p)
	var header []string
	for j, column := range t.Columns {
		if !l.below[j] {
			header = append(header, strings.ToUpper(column.Name))
		}
	}
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		for j, cell := range row {
			if !l.below[j] {
				rows[i] = append(rows[i], t.cell(j, cell, l.widths[j], p))
			}
		}
	}
	out, err := draw(header, rows)
	if err != nil {
		return nil, err
	}
	return t.addBelow(out, rows, l, p), nil
}

// addBelow adds the cells below their rows to the drawn table.
func (t *Table) addBelow(drawn []byte, rows [][]string, l layout, p *Printer) []byte {
	label := 0
	for j, column := range t.Columns {
		if l.below[j] {
			label = max(label, cells(column.Name))
		}
	}
	if label == 0 {
		return drawn
	}
	lines := bytes.SplitAfter(drawn, []byte("\n"))
	out, lines := append([]byte{}, lines[0]...), lines[1:]
	for i, row := range t.Rows {
		height := 1
		for _, cell := range rows[i] {
			height = max(height, strings.Count(cell, "\n")+1)
		}
		for _, line := range lines[:height] {
			out = append(out, line...)
		}
		lines = lines[height:]
		for j, cell := range row {
			if l.below[j] && cell != "" {
				out = append(out, t.belowCell(j, cell, label, p)...)
			}
		}
	}
	return out
}

// belowCell is a cell below its row, after the name of its column.
func (t *Table) belowCell(j int, cell string, label int, p *Printer) []byte {
	column := t.Columns[j]
	name := Line{{Text: column.Name, Color: Faint}}.Paint(p.Color) + strings.Repeat(" ", label-cells(column.Name))
	indent := 2 + label + 1
	width := max(smallest[URL], p.Width-indent)
	if column.Fit == Text {
		column.Fit = Sentences // there is room
	}
	var out []byte
	for k, line := range strings.Split(t.shorten(column.Fit, cell, width, p), "\n") {
		before := "  " + name + " "
		if k > 0 {
			before = strings.Repeat(" ", indent)
		}
		out = append(out, before+column.paint(cell, line, p)+"\n"...)
	}
	return out
}

func (t *Table) cell(j int, cell string, width int, p *Printer) string {
	column := t.Columns[j]
	return column.paint(cell, t.shorten(column.Fit, cell, width, p), p)
}

func (c Column) paint(cell, shown string, p *Printer) string {
	if c.Paint == nil || !p.Color {
		return shown
	}
	return c.Paint(cell).wrap(shown)
}

// shorten returns the part of a cell that fits into width cells; 0 means no limit.
func (t *Table) shorten(fit Fit, cell string, width int, p *Printer) string {
	switch {
	case width <= 0 || fit == Whole || fit == URL && p.WholeURLs:
		return cell
	case fit == Sentences:
		if !p.WholeURLs {
			cell = cutURLs(cell, width)
		}
		return wrap(cell, width)
	case fit == Text:
		return cut(cell, width)
	}
	return cutMiddle(cell, width)
}

// fit finds out how the table fits. First, the widest columns move below their
// rows; addresses move only if they would be cut otherwise. Then the other columns
// are narrowed as long as they can be read. At last they are narrowed further,
// addresses after all others.
func (t *Table) fit(p *Printer) layout {
	l := layout{widths: make([]int, len(t.Columns)), below: make([]bool, len(t.Columns))}
	if p.Width <= 0 || p.Wide {
		return l
	}
	for j, column := range t.Columns {
		l.widths[j] = cells(column.Name)
		for _, row := range t.Rows {
			l.widths[j] = max(l.widths[j], cells(row[j]))
		}
	}
	short := func(j int) bool { return l.widths[j] <= readable[Text] }
	address := func(j int) bool { return t.Columns[j].Fit == Address }
	whole := t.least(l, readable[:], p)
	for j := range whole {
		if address(j) {
			whole[j] = l.widths[j]
		}
	}
	t.moveBelow(l, whole, p.Width, func(j int) bool { return !address(j) && !short(j) })
	t.moveBelow(l, whole, p.Width, t.isFurtherAddress)
	least := t.least(l, readable[:], p)
	t.moveBelow(l, least, p.Width, func(j int) bool { return !address(j) })
	t.narrow(l, least, p.Width, func(j int) bool { return !address(j) })
	t.narrow(l, least, p.Width, address)
	least = t.least(l, smallest[:], p)
	t.narrow(l, least, p.Width, func(j int) bool { return !address(j) })
	t.narrow(l, least, p.Width, address)
	return l
}

// least returns the smallest width that each column needs, in cells.
func (t *Table) least(l layout, needs []int, p *Printer) []int {
	least := make([]int, len(t.Columns))
	for j, column := range t.Columns {
		least[j] = l.widths[j]
		if column.Fit != Whole && (column.Fit != URL || !p.WholeURLs) {
			least[j] = min(l.widths[j], max(needs[column.Fit], cells(column.Name)))
		}
	}
	return least
}

// isFurtherAddress reports whether the column has addresses and is not the first such
// column, which people look for in the row.
func (t *Table) isFurtherAddress(j int) bool {
	return t.Columns[j].Fit == Address && slices.ContainsFunc(t.Columns[:j], func(c Column) bool { return c.Fit == Address })
}

// moveBelow moves columns below their rows, the widest columns first, until the
// table fits. The first column names the row, so it does not move.
func (t *Table) moveBelow(l layout, least []int, width int, may func(j int) bool) {
	for l.total(least) > width {
		most := -1
		for j, column := range t.Columns {
			if j > 0 && column.Fit != Whole && !l.below[j] && may(j) && (most < 0 || least[j] >= least[most]) {
				most = j
			}
		}
		if most < 0 {
			return
		}
		l.below[most] = true
	}
}

// narrow narrows the columns that may be narrowed, the widest first, until the
// table fits or each column has its least width.
func (t *Table) narrow(l layout, least []int, width int, may func(j int) bool) {
	for l.total(l.widths) > width {
		widest := -1
		for j := range t.Columns {
			if !l.below[j] && may(j) && l.widths[j] > least[j] && (widest < 0 || l.widths[j] > l.widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			return
		}
		l.widths[widest]--
	}
}

// total returns the width of the table if its columns have these widths.
func (l layout) total(widths []int) int {
	sum := -columnGap
	for j, width := range widths {
		if !l.below[j] {
			sum += width + columnGap
		}
	}
	return sum
}
