package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
)

func newEventListCommand(a *app) *cobra.Command {
	var o pickFlags
	cmd := &cobra.Command{
		Use:     "list FILE",
		Aliases: []string{"ls"},
		Short:   "List the events of a file",
		Long: `List the events of a file; - is standard input. The file may contain what 'sesctl
event listen' saves with --save, or prints with -o json or -q. It may also contain
plain payloads: one a line, over several lines, or in an array. It may be
compressed with gzip.

Each event has an id for 'sesctl event show' and 'sesctl event replay --id'. The
number of the event in the file works too. The JSON output contains the whole
events, and can be replayed.`,
		Example: `  sesctl event sample --all >events.jsonl
  sesctl event list events.jsonl
  sesctl event list events.jsonl --filter 'event=bounce|dropped' -o json`,
		Args: oneFile,
		RunE: a.run(func(ctx context.Context, args []string) error { return runEventList(ctx, a, o, args[0]) }),
	}
	o.add(cmd)
	return withColumns(cmd, entryColumns)
}

func runEventList(ctx context.Context, a *app, o pickFlags, path string) error {
	entries, err := o.read(ctx, a, path)
	if err != nil {
		return err
	}
	return a.print(a.entriesResult(entries))
}

var entryColumns = []output.Column{
	{Name: "id", Keep: true}, {Name: "received", Keep: true}, {Name: "event", Keep: true}, {Name: "answer", Paint: paintAnswerOrNone},
	{Name: "recipient", Fit: output.Address, Keep: true, Verbatim: true}, {Name: "sender", Fit: output.Address, Verbatim: true},
	{Name: "detail", Fit: output.Sentences, Verbatim: true},
}

func (a *app) entriesResult(entries []webhook.Entry) output.Result {
	views := []entryView{}
	r := output.Result{Table: &output.Table{
		Columns: entryColumns,
		Empty:   "no events",
	}}
	for _, e := range entries {
		view := viewEntry(e)
		views = append(views, view)
		r.Quiet = append(r.Quiet, e.ID)
		read, _ := readEvent(e.Record)
		received := ""
		if !e.Received.IsZero() {
			received = a.timeCell(e.Received, e.Received.Local().Format(time.DateTime))
		}
		answer := ""
		if e.Status != 0 {
			answer = answerCell(e.Status)
		}
		r.Table.Rows = append(r.Table.Rows, []string{e.ID, received, eventKind(e.Record, read), answer, read.Email, read.From,
			a.joinDetails(eventDetails(read), view.Problems)})
	}
	r.Data = views
	return r
}

func paintAnswerOrNone(cell string) output.Color {
	if cell == "" {
		return output.Plain
	}
	return paintAnswer(cell)
}
