package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type historyOptions struct {
	target targetFlags
	since  string
	until  string
	limit  int

	everywhere bool
}

func newHistoryCommand(a *app) *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:   "history [TARGET]",
		Short: "Show the changes that sesctl made from this machine, newest first",
		Long: `Show the changes that sesctl made from this machine to the current account, newest
first: all changes, or the changes of one target. --everywhere also shows the
changes to other accounts. 'sesctl callback rollback ID' restores the state
before a change.

A pending entry belongs to a process that was interrupted. The next command that
reads the account settles it.`,
		Example: `  sesctl callback history
  sesctl callback history news@mail.example.com --since 24h`,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.run(func(ctx context.Context, args []string) error { return runHistory(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().StringVar(&o.since, "since", "", "show changes since `TIME`: a duration before now (36h), a day, or RFC 3339")
	cmd.Flags().StringVar(&o.until, "until", "", "show changes until `TIME`; a day is included whole")
	cmd.Flags().IntVar(&o.limit, "limit", defaultLimit, "show the newest `N` changes; 0 shows all")
	cmd.Flags().BoolVar(&o.everywhere, "everywhere", false, "show the changes to every account, profile, endpoint and region")
	return withColumns(cmd, historyColumns)
}

func runHistory(ctx context.Context, a *app, o historyOptions, args []string) error {
	wanted, err := o.filter(a, args)
	if err != nil {
		return err
	}
	history, err := a.history(ctx, a.account)
	if err != nil {
		return err
	}
	entries := make([]journal.Entry, 0, len(history.Entries))
	for _, e := range history.Entries {
		if wanted(e) {
			entries = append(entries, e)
		}
	}
	if all := len(entries); o.limit > 0 && all > o.limit {
		entries = entries[:o.limit]
		a.inform("showing %d of %d changes; --limit 0 shows all", o.limit, all)
	}
	return a.print(historyResult(a, entries, o.everywhere))
}

const defaultLimit = 20

func (o historyOptions) filter(a *app, args []string) (func(journal.Entry) bool, error) {
	since, _, err := parseTime(a, "--since", o.since)
	if err != nil {
		return nil, err
	}
	_, until, err := parseTime(a, "--until", o.until)
	if err != nil {
		return nil, err
	}
	if o.limit < 0 {
		return nil, failure.New(failure.Usage, "--limit %d: it must not be less than zero", o.limit).WithHint("0 shows all")
	}
	var here journal.Account
	if !o.everywhere {
		if here, err = a.account.Identity(); err != nil {
			return nil, err
		}
	}
	everything := len(args) == 0 && !o.target.given()
	var target callback.Target
	if !everything {
		if target, err = o.target.target(args...); err != nil {
			return nil, err
		}
	}
	return func(e journal.Entry) bool {
		if !o.everywhere && e.Account != here {
			return false
		}
		if !everything && e.Change.Target != target {
			return false
		}
		return (since.IsZero() || !e.Time.Before(since)) && (until.IsZero() || !e.Time.After(until))
	}, nil
}

var historyColumns = []output.Column{
	{Name: "id"}, {Name: "time", Keep: true}, {Name: "who", Fit: output.Text, Verbatim: true}, {Name: "target", Fit: output.Address},
	{Name: "from", Fit: output.URL}, {Name: "to", Fit: output.URL}, {Name: "outcome", Paint: paintOutcome},
	{Name: "profile", Wide: true, Verbatim: true}, {Name: "request id", Wide: true},
	{Name: "command", Wide: true, Verbatim: true}, {Name: "place", Wide: true},
}

// everywhereColumns returns the columns for --everywhere, which show the account in
// narrow tables too.
func everywhereColumns() []output.Column {
	columns := slices.Clone(historyColumns)
	last := len(columns) - 1
	columns[last].Wide, columns[last].Keep, columns[last].Fit = false, true, output.Text
	return columns
}

func historyResult(a *app, entries []journal.Entry, everywhere bool) output.Result {
	columns := historyColumns
	if everywhere {
		columns = everywhereColumns()
	}
	r := output.Result{Data: entries, Table: &output.Table{
		Columns: columns,
		Empty:   "no changes",
	}}
	for _, e := range entries {
		r.Quiet = append(r.Quiet, e.ID)
		r.Table.Rows = append(r.Table.Rows, []string{e.ID, a.timeCell(e.Time, e.Time.Local().Format(time.DateTime)), e.Who, entryTarget(e),
			a.previous(e.Change), a.replacement(e.Change.Old, e.Change.New), string(e.Outcome),
			e.Account.Profile, e.RequestID, e.Command, accountText(e.Account)})
	}
	return r
}

// previous returns the URL before a change, if it was read.
func (a *app) previous(c callback.Change) string {
	if c.Blind {
		return "not read"
	}
	return a.orNone(c.Old)
}

// accountText describes an account in a few words: the profile, the region and the host.
func accountText(account journal.Account) string {
	if state, isLocal := strings.CutPrefix(account.Endpoint, "local:"); isLocal {
		return "local emulator · " + state
	}
	return strings.Join([]string{cmp.Or(account.Profile, config.DefaultProfile), account.Region, endpointHost(account.Endpoint)}, " · ")
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
