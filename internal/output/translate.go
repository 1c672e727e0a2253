package output

import (
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/catalog"
)

// translated returns the table with the names of its columns, and the cells that
// are words or sentences, in another language. The colour of a cell depends on its
// English text.
func (t *Table) translated(texts *catalog.Catalog) *Table {
	if texts == nil {
		return t
	}
	to := &Table{Columns: make([]Column, len(t.Columns)), Rows: make([][]string, len(t.Rows))}
	for j, column := range t.Columns {
		english := map[string]string{}
		for i, row := range t.Rows {
			cell := row[j]
			if !column.Verbatim && (column.Fit != Address && column.Fit != URL || isWord(cell)) {
				cell = texts.Word(cell)
			}
			english[cell] = row[j]
			to.Rows[i] = append(to.Rows[i], cell)
		}
		if paint := column.Paint; paint != nil {
			column.Paint = func(cell string) Color { return paint(english[cell]) }
		}
		column.Name = texts.Heading(column.Name)
		to.Columns[j] = column
	}
	return to
}

// isWord reports whether the cell of an address or a URL is a word instead, such as
// none or account.
func isWord(cell string) bool { return !strings.ContainsAny(cell, "@:/.") }

// Translated returns the line with its spans in another language. A line that is folded
// is translated first, because its parts have no translation.
func (l Line) Translated(texts *catalog.Catalog) Line {
	if texts == nil {
		return l
	}
	to := make(Line, len(l))
	for i, span := range l {
		to[i] = Span{Text: texts.Text(span.Text), Color: span.Color}
		if i > 0 {
			to[i-1].Text, to[i].Text = texts.Spaced(to[i-1].Text, to[i].Text)
		}
	}
	return to.withWideColons()
}

// withWideColons gives the spans of a Chinese line the Chinese colon.
func (l Line) withWideColons() Line {
	if !slices.ContainsFunc(l, func(s Span) bool { return strings.ContainsFunc(s.Text, isHan) }) {
		return l
	}
	for i := range l {
		before, colon := strings.CutSuffix(l[i].Text, ":")
		if !colon {
			continue
		}
		l[i].Text = before + "："
		if i+1 < len(l) {
			l[i+1].Text = strings.TrimLeft(l[i+1].Text, " ")
		}
	}
	return l
}

// idsHeading is the heading of a column of a Markdown table whose cells are IDs.
const idsHeading = "check"

// markdownIn returns a Markdown text in another language, line by line. The cells of
// a table are translated one by one.
func markdownIn(texts *catalog.Catalog, markdown string) string {
	if texts == nil {
		return markdown
	}
	const edge = "|"
	lines := strings.Split(markdown, "\n")
	ids := -1 // the column whose cells are the same in every language
	heads := true
	for i, line := range lines {
		row, isRow := strings.CutPrefix(line, edge)
		if !isRow {
			lines[i], ids, heads = texts.Text(line), -1, true
			continue
		}
		cells := strings.Split(row, " "+edge)
		for j, cell := range cells {
			plain := strings.Trim(cell, " `*")
			if ids == j {
				continue
			}
			if ids < 0 && plain == idsHeading {
				ids = j
			}
			word := texts.Word
			if heads {
				word = texts.Heading
			}
			cells[j] = strings.Replace(cell, plain, word(plain), 1)
		}
		heads = false
		lines[i] = edge + strings.Join(cells, " "+edge)
	}
	return strings.Join(lines, "\n")
}
