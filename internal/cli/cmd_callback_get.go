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
		Use:   "get TARGET...",
		Short: "Print the callback of the account or of a sender",
		Long: `Print the callback of a target itself, with the URL in full. A target is the word
account, or a sender address. 'sesctl callback resolve' shows the effective
callback of a sender.

The JSON is an object for one target, and an array for several.`,
		Example: `  sesctl callback get account
  sesctl callback get news@mail.example.com -q`,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.runRead(func(ctx context.Context, args []string) error { return runGet(ctx, a, o, args, fromHistory) }),
	}
	o.add(a, cmd)
	addFromHistory(cmd, &fromHistory)
	return withColumns(cmd, rememberedColumns)
}

func runGet(ctx context.Context, a *app, o targetFlags, args []string, fromHistory bool) error {
	targets, err := o.some(args)
	if err != nil {
		return err
	}
	if fromHistory {
		return getRemembered(ctx, a, targets)
	}
	var parts callback.Parts
	for _, t := range targets {
		parts |= callback.PartOf(t)
	}
	_, snapshot, err := a.account.Read(ctx, parts)
	if err != nil {
		return err
	}
	found, missing := findCallbacks(snapshot.Callbacks, targets)
	if len(found) > 0 {
		if err := a.print(getResult(found, len(targets) > 1)); err != nil {
			return err
		}
	}
	return noCallback(missing)
}

// noCallback returns the error about targets without a callback, or nil if there are
// none.
func noCallback(missing []callback.Target) error {
	if len(missing) == 0 {
		return nil
	}
	err := failure.New(failure.NotFound, "no callback of %s", firstTargets(missing, mostListed, targetName))
	if len(missing) == 1 {
		err = failure.New(failure.NotFound, "%s has no callback", missing[0])
	}
	if missing[0].IsAccount() {
		return err.WithHint("'sesctl callback set account URL' creates it")
	}
	return err.WithHint("%s shows the effective callback", failure.Command("sesctl", "callback", "resolve", missing[0].Address()))
}

// getRemembered prints the callbacks of targets from the history.
func getRemembered(ctx context.Context, a *app, targets []callback.Target) error {
	r, err := a.remember(ctx, a.account)
	if err != nil {
		return err
	}
	found, missing := findCallbacks(r.callbacks, targets)
	if len(found) > 0 {
		result := getResult(found, len(targets) > 1)
		result.Table.Columns = append(result.Table.Columns, output.Column{Name: "as of"})
		data := make([]output.Joined, len(found))
		for i, c := range found {
			data[i] = output.Joined{c, asOfView{r.asOf(c.Target)}}
			result.Table.Rows[i] = append(result.Table.Rows[i], r.asOfCell(c.Target))
		}
		result.Data = oneOrAll(data, len(targets) > 1)
		if err := a.print(result); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return failure.New(failure.NotFound, "the history has no callback of %s", firstTargets(missing, mostListed, targetName)).WithHint("'sesctl callback history' lists the changes made from this machine")
}

// The URL is the result of the command, so it is never cut.
var getColumns = []output.Column{{Name: "target"}, {Name: "callback"}}

func getResult(all []callback.Callback, several bool) output.Result {
	r := output.Result{Data: oneOrAll(all, several), Table: &output.Table{Columns: getColumns}}
	for _, c := range all {
		r.Quiet = append(r.Quiet, c.URL.Whole())
		r.Table.Rows = append(r.Table.Rows, []string{targetName(c.Target), c.URL.Whole()})
	}
	return r
}
