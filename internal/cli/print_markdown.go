package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// maxMarkdown limits the tables of a comment, in bytes: GitHub refuses a comment of more
// than 65,536 characters.
const maxMarkdown = 50_000

// writeTableRows writes n rows of a table, as far as they fit into limit bytes. If some do
// not fit, more is a format for one row with their number.
func writeTableRows(out *strings.Builder, limit, n int, more string, row func(int) string) {
	end := out.Len() + limit
	for i := range n {
		text := row(i)
		if out.Len()+len(text) > end {
			fmt.Fprintf(out, more, n-i)
			return
		}
		out.WriteString(text)
	}
}

// codes returns the names of targets as code.
func codes(targets []callback.Target) string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = code(targetName(t))
	}
	return strings.Join(names, ", ")
}

// codeSpan returns text that Markdown shows unchanged outside of a table. It is between
// more backticks than it contains (CommonMark, section 6.1).
func codeSpan(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// code returns text that Markdown shows as code, also inside a table.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(text) + "`"
}
