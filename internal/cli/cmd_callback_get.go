package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newGetCommand(a *app) *cobra.Command {
	var o targetFlags
	var fromHistory bool
	cmd := &cobra.Command{
		Use:   "get (--account | --sender ADDRESS)",
		Short: "Print the callback of the account or of a sender",
		Long: `Print the callback that a target has of its own, the URL in full. Where a
sender's events go in the end is what 'sesctl callback resolve' answers.`,
		Example: `  sesctl callback get --account
  sesctl callback get --sender news@mail.example.com -q`,
		Args: noArgs,
		RunE: a.runRead(func(ctx context.Context, _ []string) error { return runGet(ctx, a, o, fromHistory) }),
	}
	o.add(a, cmd)
	addFromHistory(cmd, &fromHistory)
	return withColumns(cmd, rememberedColumns)
}

func runGet(ctx context.Context, a *app, o targetFlags, fromHistory bool) error {
	target, err := o.target()
	if err != nil {
		return err
	}
	if fromHistory {
		return getRemembered(ctx, a, target)
	}
	_, snapshot, err := a.read(ctx, callback.PartOf(target))
	if err != nil {
		return err
	}
	url := snapshot.Callbacks.URL(target)
	if url.IsZero() {
		err := failure.New(failure.NotFound, "%s has no callback", target)
		if target.IsAccount() {
			return err.WithHint("'sesctl callback set --account URL' creates it")
		}
		return err.WithHint("%s shows where its events go", failure.Command("sesctl", "callback", "resolve", target.Address()))
	}
	return a.print(getResult(callback.Callback{Target: target, URL: url}))
}

// getRemembered answers from the history.
func getRemembered(ctx context.Context, a *app, target callback.Target) error {
	r, err := a.remember(ctx)
	if err != nil {
		return err
	}
	url := r.callbacks.URL(target)
	if url.IsZero() {
		return failure.New(failure.NotFound, "the history has no callback of %s", target).WithHint("'sesctl callback history' lists what this machine wrote")
	}
	result := getResult(callback.Callback{Target: target, URL: url})
	result.Data = output.Joined{result.Data, asOfView{r.asOf(target)}}
	result.Table.Columns = append(result.Table.Columns, output.Column{Name: "as of", Keep: true})
	result.Table.Rows[0] = append(result.Table.Rows[0], r.asOfCell(target))
	return a.print(result)
}

// The URL is what was asked for: it is never cut.
var getColumns = []output.Column{{Name: "target"}, {Name: "callback"}}

func getResult(c callback.Callback) output.Result {
	return output.Result{Data: c, Quiet: []string{c.URL.Whole()}, Table: &output.Table{
		Columns: getColumns,
		Rows:    [][]string{{targetName(c.Target), c.URL.Whole()}},
	}}
}
