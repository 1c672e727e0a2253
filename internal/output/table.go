package output

import (
	"slices"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Column is one column of a table.
type Column struct {
	Name string
	// Flexible columns are cut, with an ellipsis, where the table would be wider
	// than the terminal.
	Flexible bool
	// Wrapped columns hold sentences; they are broken into lines instead.
	Wrapped bool
	// Paint chooses the colour of a cell; nil for none.
	Paint func(cell string) Color
}

// Color is the colour of a cell on a terminal that shows colours.
type Color int

// The colours.
const (
	Plain Color = iota
	Red
	Green
	Yellow
	Faint
)

// Table is a result for people.
type Table struct {
	Columns []Column
	Rows    [][]string
	// Empty is what is said instead of a table without rows.
	Empty string
}

const (
	columnGap    = 2
	minFlexWidth = 10
)

func (t *Table) render(p *Printer) []byte {
	if len(t.Rows) == 0 {
		if t.Empty == "" {
			return nil
		}
		return []byte(t.Empty + "\n")
	}
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make([]string, len(row))
		for j, cell := range row {
			rows[i][j] = Printable(cell)
		}
	}
	limits := t.limits(rows, p.Width)
	writer := table.NewWriter()
	writer.SetStyle(plainStyle())
	header := make(table.Row, len(t.Columns))
	for j, column := range t.Columns {
		header[j] = column.Name
	}
	writer.AppendHeader(header)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for j, cell := range row {
			cells[j] = t.cell(j, cell, limits[j], p.Color)
		}
		writer.AppendRow(cells)
	}
	var out strings.Builder
	for line := range strings.SplitSeq(writer.Render(), "\n") {
		out.WriteString(strings.TrimRight(line, " "))
		out.WriteByte('\n')
	}
	return []byte(out.String())
}

// plainStyle has no lines and upper-case headers: a table that awk can read.
func plainStyle() table.Style {
	style := table.StyleDefault
	style.Box = table.BoxStyle{PaddingRight: strings.Repeat(" ", columnGap)}
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatUpper
	return style
}

func (t *Table) cell(column int, value string, limit int, color bool) string {
	shown := value
	switch {
	case limit > 0 && t.Columns[column].Wrapped:
		shown = text.WrapSoft(value, limit)
	case limit > 0:
		shown = text.Snip(value, limit, "…")
	}
	if paint := t.Columns[column].Paint; paint != nil && color && shown != "" {
		return paint(value).wrap(shown)
	}
	return shown
}

// limits returns the largest width of each column; 0 for as wide as it is. What
// is too much is taken from the columns that give way, the widest first.
func (t *Table) limits(rows [][]string, width int) []int {
	widths := make([]int, len(t.Columns))
	for j, column := range t.Columns {
		widths[j] = text.StringWidth(column.Name)
		for _, row := range rows {
			widths[j] = max(widths[j], text.StringWidth(row[j]))
		}
	}
	limits := make([]int, len(t.Columns))
	if width <= 0 {
		return limits
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

const noColor = "\x1b[0m"

// sequence is what switches the terminal to a colour; "" for the plain one.
func (c Color) sequence() string {
	return map[Color]string{Red: "\x1b[31m", Green: "\x1b[32m", Yellow: "\x1b[33m", Faint: "\x1b[2m"}[c]
}

func (c Color) wrap(cell string) string {
	sequence := c.sequence()
	if sequence == "" {
		return cell
	}
	return sequence + cell + noColor
}

// Paint returns text in a colour where color is set.
func (c Color) Paint(cell string, color bool) string {
	if !color {
		return cell
	}
	return c.wrap(cell)
}

// printableLine is Printable but for what Paint writes, where there are colours.
func printableLine(line string, color bool) string {
	if !color {
		return Printable(line)
	}
	var out strings.Builder
	for line != "" {
		text, rest, found := strings.Cut(line, "\x1b")
		out.WriteString(Printable(text))
		if !found {
			break
		}
		sequence := "\x1b" + rest[:strings.IndexByte(rest, 'm')+1]
		if isPaint(sequence) {
			out.WriteString(sequence)
			rest = rest[len(sequence)-1:]
		} else {
			out.WriteString(Printable("\x1b"))
		}
		line = rest
	}
	return out.String()
}

func isPaint(sequence string) bool {
	return slices.Contains([]string{noColor, Red.sequence(), Green.sequence(), Yellow.sequence(), Faint.sequence()}, sequence)
}

// Printable replaces what could move the cursor or recolour the terminal in text
// that came from the account.
func Printable(cell string) string {
	if isPlain(cell) || !strings.ContainsFunc(cell, unsafe) {
		return cell
	}
	return strings.Map(func(r rune) rune {
		if unsafe(r) {
			return unicode.ReplacementChar
		}
		return r
	}, cell)
}

// isPlain reports whether text is printable ASCII, as nearly all of it is: a byte
// is a character then, a cell wide.
func isPlain(cell string) bool {
	for i := range len(cell) {
		if cell[i] < ' ' || cell[i] > '~' {
			return false
		}
	}
	return true
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
