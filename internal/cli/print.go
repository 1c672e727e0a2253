package cli

import (
	"fmt"
	"time"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// color reports whether a stream may have colors.
func (a *app) color(terminal bool) bool {
	return terminal && !a.flags.noColor && a.env.Getenv("NO_COLOR") == "" && a.env.Getenv("TERM") != "dumb"
}

// url returns a callback URL for people: masked, or in full with --show-urls. Control
// characters in it are escaped.
func (a *app) url(u callback.URL) string {
	if a.flags.showURLs {
		return output.Printable(u.Whole())
	}
	return a.mask(u)
}

// warn prints a warning. With -o json the warning waits for the end of the command. If
// the command fails, the warning is dropped, because programs then read one JSON object
// from stderr.
func (a *app) warn(format string, args ...any) {
	line := "warning: " + printable(a.withoutSecrets(fmt.Sprintf(format, args...)))
	if a.flags.format == output.FormatJSON {
		a.held = append(a.held, line)
		return
	}
	fmt.Fprintln(a.env.Stderr, line)
}

// warnAt prints a warning about one of several accounts.
func (a *app) warnAt(at *account.Account, format string, args ...any) {
	a.warn("%s%s", a.label(at), fmt.Sprintf(format, args...))
}

// inform prints a line for people on stderr. Programs do not get it, unless the command
// is going to ask a question.
func (a *app) inform(format string, args ...any) {
	if a.informs() {
		fmt.Fprintf(a.env.Stderr, format+"\n", args...)
	}
}

// informs reports whether the lines of inform are printed.
func (a *app) informs() bool {
	return a.asks || a.flags.format == output.FormatTable && !a.flags.quiet
}

// notes prints the notes of a receipt.
func (a *app) notes(at *account.Account, receipt callback.Receipt) {
	for _, note := range receipt.Notes {
		a.warnAt(at, "%s", note)
	}
}

func (a *app) printer() *output.Printer {
	o := a.flags.outputFlags
	return &output.Printer{
		Out: a.env.Stdout, Format: o.format, Quiet: o.quiet, Query: o.query, Context: a.ends,
		Color: a.color(a.env.StdoutTerminal), Terminal: a.env.StdoutTerminal, Width: a.env.Width,
		Columns: o.columns, Wide: o.wide, WholeURLs: o.showURLs, Texts: a.texts,
	}
}

func (a *app) print(r output.Result) error { return unlessGone(a.printer().Print(r)) }

// timeCell returns a time for a table. On a terminal it is short: the time of day for
// today, otherwise the day, with the year if it is not this year. Elsewhere, and with -o
// wide, it is whole, in a form that scripts can rely on.
func (a *app) timeCell(t time.Time, whole string) string {
	if !a.env.StdoutTerminal || a.flags.wide {
		return whole
	}
	t, now := t.Local(), a.env.Now().Local()
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(time.TimeOnly)
	case t.Year() == now.Year():
		return t.Format("01-02 15:04")
	}
	return t.Format(time.DateOnly)
}
