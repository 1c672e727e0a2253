package output

import (
	"bytes"
	"slices"
	"strings"
)

// Fit is what happens to the cells of a column if the table is wider than the
// terminal. Columns that stay readable are narrowed first.
type Fit int

// The ways to fit.
const (
	Whole     Fit = iota // never shortened
	Sentences            // wrapped between words
	URL                  // cut in the middle
	Text                 // cut at the end
	Address              // cut in the middle, but only after all other columns
)

// Column is one column of a table.
type Column struct {
	Name string
	Fit  Fit
	// Wide columns are shown only with -o wide, or if the user asks for them.
	Wide bool
	// Keep shows the column on a terminal even if every row has the same value in
	// it.
	Keep bool
	// Verbatim cells are not translated: commands accept them, such as the check of an
	// audit, or a service sent them.
	Verbatim bool
	// Paint chooses the colour of a cell; nil means no colour.
	Paint func(cell string) Color
}

// Table is a result for people. Each row has a cell for each column.
type Table struct {
	Columns []Column
	Rows    [][]string
	// Empty is printed instead of a table without rows.
	Empty string
}

// Names returns the names of columns in the form that --columns accepts.
func Names(columns []Column) []string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = ColumnName(column.Name)
	}
	return names
}

// ColumnName returns the name of a column in the form that --columns accepts: in
// lower case, with hyphens between words.
func ColumnName(name string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(name)))
}

// render returns the table as text, with a newline after each line and no spaces
// at the end of a line. On a terminal it narrows the table: values that are the
// same in every row are shown once, and cells are fitted to the width.
func (t *Table) render(p *Printer) ([]byte, error) {
	if len(t.Rows) == 0 {
		if t.Empty == "" {
			return nil, nil
		}
		return []byte(p.Texts.Text(t.Empty) + "\n"), nil
	}
	shown := t.choose(p).translated(p.Texts)
	var same []Column
	var values []string
	if p.Terminal && !p.Wide && len(p.Columns) == 0 {
		shown, same, values = shown.withoutRepetition()
	}
	out, err := shown.fitted(p)
	if err != nil || len(values) == 0 {
		return out, err
	}
	return append(out, t.repetition(same, values, p)...), nil
}

// choose returns the table with the requested columns in their order, and without
// terminal control characters in the cells.
func (t *Table) choose(p *Printer) *Table {
	var places []int
	for _, name := range p.Columns {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return ColumnName(c.Name) == ColumnName(name) })
		if i >= 0 {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		for i, column := range t.Columns {
			if p.Wide || !column.Wide {
				places = append(places, i)
			}
		}
	}
	return t.only(places)
}

// only returns the table with the columns at places.
func (t *Table) only(places []int) *Table {
	some := &Table{Columns: make([]Column, len(places)), Rows: make([][]string, len(t.Rows))}
	for k, j := range places {
		some.Columns[k] = t.Columns[j]
	}
	for i, row := range t.Rows {
		some.Rows[i] = make([]string, len(places))
		for k, j := range places {
			some.Rows[i][k] = Printable(row[j])
		}
	}
	return some
}

// withoutRepetition returns the table without the columns that are the same in
// every row, and the values of these columns. The first column names the row and
// stays. In a table of one row every column is the same, so only empty columns are
// removed.
func (t *Table) withoutRepetition() (rest *Table, same []Column, values []string) {
	var places []int
	for j, column := range t.Columns {
		value := t.Rows[0][j]
		repeated := !slices.ContainsFunc(t.Rows, func(row []string) bool { return row[j] != value })
		switch {
		case j == 0 || !repeated,
			value != "" && (column.Keep || column.Fit == Sentences || len(t.Rows) == 1):
			places = append(places, j)
		case value != "":
			same, values = append(same, column), append(values, value)
		}
	}
	return t.only(places), same, values
}

// repetition returns the values that are the same in every row: on one line if
// they fit, else on one line for each column.
func (t *Table) repetition(columns []Column, values []string, p *Printer) []byte {
	intro, comma := p.Texts.Word("in every row:")+" ", ", "
	if p.Texts != nil {
		intro, comma = strings.TrimSuffix(intro, " "), "，"
	}
	line := Line{{Text: intro, Color: Faint}}
	var lines []Line
	for i, column := range columns {
		name := column.Name + " "
		value := func(width int) Span {
			span := Span{Text: t.shorten(column.Fit, values[i], width, p), Color: Faint}
			if column.Paint != nil && column.Paint(values[i]) != Plain {
				span.Color = column.Paint(values[i])
			}
			return span
		}
		if i > 0 {
			line = append(line, Span{Text: comma, Color: Faint})
		}
		line = append(line, Span{Text: name, Color: Faint}, value(0))
		lines = append(lines, Line{{Text: intro + name, Color: Faint}, value(p.Width - cells(intro+name))})
	}
	if p.Width <= 0 || cells(line.Paint(false)) <= p.Width {
		lines = []Line{line}
	}
	var out bytes.Buffer
	for _, line := range lines {
		out.WriteString(line.Paint(p.Color))
		out.WriteByte('\n')
	}
	return out.Bytes()
}
