package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type historyOptions struct {
	target targetFlags
	since  string
	until  string
}

func newHistoryCommand(a *app) *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:   "history [TARGET]",
		Short: "Show what sesctl changed from this machine, newest first",
		Long: `Show the changes that sesctl made from this machine, newest first: all, or those
of one target. 'sesctl callback rollback ID' goes back to before one of them.

A pending entry belongs to a process that was cut off; the next command that
reads the account settles it.`,
		Example: `  sesctl callback history
  sesctl callback history news@mail.example.com --since 24h`,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.run(func(ctx context.Context, args []string) error { return runHistory(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().StringVar(&o.since, "since", "", "not before `TIME`: a duration back from now (36h), a day, or RFC 3339")
	cmd.Flags().StringVar(&o.until, "until", "", "not after `TIME`; a day counts whole")
	return withColumns(cmd, historyColumns)
}

func runHistory(ctx context.Context, a *app, o historyOptions, args []string) error {
	wanted, err := o.filter(a, args)
	if err != nil {
		return err
	}
	history, err := a.history(ctx)
	if err != nil {
		return err
	}
	entries := make([]journal.Entry, 0, len(history.Entries))
	for _, e := range history.Entries {
		if wanted(e) {
			entries = append(entries, e)
		}
	}
	return a.print(historyResult(a, entries))
}

func (o historyOptions) filter(a *app, args []string) (func(journal.Entry) bool, error) {
	since, _, err := parseTime(a, "--since", o.since)
	if err != nil {
		return nil, err
	}
	_, until, err := parseTime(a, "--until", o.until)
	if err != nil {
		return nil, err
	}
	everything := len(args) == 0 && !o.target.given()
	var target callback.Target
	if !everything {
		if target, err = o.target.target(args...); err != nil {
			return nil, err
		}
	}
	return func(e journal.Entry) bool {
		if !everything && e.Change.Target != target {
			return false
		}
		return (since.IsZero() || !e.Time.Before(since)) && (until.IsZero() || !e.Time.After(until))
	}, nil
}

var historyColumns = []output.Column{
	{Name: "id"}, {Name: "time", Keep: true}, {Name: "who", Fit: output.Text}, {Name: "target", Fit: output.Address},
	{Name: "from", Fit: output.URL}, {Name: "to", Fit: output.URL}, {Name: "outcome", Paint: paintOutcome},
	{Name: "profile", Wide: true}, {Name: "request id", Wide: true},
}

func historyResult(a *app, entries []journal.Entry) output.Result {
	r := output.Result{Data: entries, Table: &output.Table{
		Columns: historyColumns,
		Empty:   "no changes",
	}}
	for _, e := range entries {
		r.Quiet = append(r.Quiet, e.ID)
		r.Table.Rows = append(r.Table.Rows, []string{e.ID, a.timeCell(e.Time, e.Time.Local().Format(time.DateTime)), e.Who, entryTarget(e),
			a.orNone(e.Change.Old), a.orNone(e.Change.New), string(e.Outcome),
			e.Account.Profile, e.RequestID})
	}
	return r
}

// orNone is a callback URL as people may see it, or the word none.
func (a *app) orNone(url callback.URL) string {
	if url.IsZero() {
		return "none"
	}
	return a.url(url)
}

func paintOutcome(cell string) output.Color {
	switch journal.Outcome(cell) {
	case journal.Failed:
		return output.Red
	case journal.Pending:
		return output.Yellow
	}
	return output.Plain
}
