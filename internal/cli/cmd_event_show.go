package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
)

func newEventShowCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show FILE ID",
		Aliases: []string{"get"},
		Short:   "Show one event of a file",
		Long: `Show one event of a file with its headers and its body; - is standard input. ID is
an id or a number from 'sesctl event list'. -q prints only the body.`,
		Example: `  sesctl event sample bounce open >events.jsonl
  sesctl event show events.jsonl 2`,
		Args: fileAndID,
		RunE: a.run(func(ctx context.Context, args []string) error { return runEventShow(ctx, a, args[0], args[1]) }),
	}
}

func runEventShow(ctx context.Context, a *app, path, id string) error {
	if _, err := a.account.Settings(); err != nil { // the profile has what is masked
		return err
	}
	entries, err := pickFlags{ids: []string{id}}.read(ctx, a, path)
	if err != nil {
		return err
	}
	return a.print(entryResult(a, entries[0]))
}

func entryResult(a *app, e webhook.Entry) output.Result {
	view := viewEntry(e)
	r := output.Result{Data: view, Quiet: []string{oneLineOf(e.Payload())}}
	add := func(name, value string) {
		if value != "" {
			colon := ": "
			if name != a.texts.Word(name) {
				colon = "："
			}
			r.Verbatim = append(r.Verbatim, a.texts.Word(name)+colon+output.Printable(value))
		}
	}
	add("id", e.ID)
	if !e.Received.IsZero() {
		add("received", e.Received.Local().Format("2006-01-02 15:04:05.000 -07:00"))
	}
	add("remote", e.Remote)
	add("path", a.requestPath(e.Record))
	if e.Status != 0 {
		add("answer", a.texts.Text(joinProblem(answerCell(e.Status), e.Error)))
	}
	for _, problem := range view.Problems {
		add("problem", a.texts.Text(problem))
	}
	r.Verbatim = append(r.Verbatim, requestLines(e.Record, e.Payload(), "")...)
	return r
}
