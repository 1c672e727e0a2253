package output

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

const columnGap = 2

// draw lays out the cells in columns. It writes into memory, because Render of
// tablewriter does not return the errors of its writer. It also removes the spaces
// with which tablewriter fills lines to the width of a column.
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

// plainConfig is a table without lines that awk can read: every text unchanged,
// aligned left, with a gap after it.
func plainConfig() tablewriter.Config {
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: strings.Repeat(" ", columnGap), Overwrite: true}},
	}
	return tablewriter.Config{Header: cells, Row: cells, Behavior: tw.Behavior{TrimSpace: tw.Off}}
}
