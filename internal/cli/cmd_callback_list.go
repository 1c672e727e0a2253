package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newListCommand(a *app) *cobra.Command {
	var fromHistory bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List all callbacks",
		Long: `List all callbacks: the account's callback first, then the callbacks of senders,
sorted by address.`,
		Example: `  sesctl callback list
  sesctl callback list -o json`,
		Args: noArgs,
		RunE: a.runRead(a.perProfile(func(ctx context.Context, at *account.Account, _ []string) (output.Result, error) {
			return runList(ctx, a, at, fromHistory)
		})),
	}
	addFromHistory(cmd, &fromHistory)
	return withColumns(a.takesProfiles(cmd), rememberedColumns)
}

func runList(ctx context.Context, a *app, at *account.Account, fromHistory bool) (output.Result, error) {
	if fromHistory {
		return listRemembered(ctx, a, at)
	}
	_, snapshot, err := at.Read(ctx, callback.PartCallbacks)
	if err != nil {
		return output.Result{}, err
	}
	return listResult(a, snapshot.Callbacks.All()), nil
}

var listColumns = []output.Column{{Name: "target", Fit: output.Address}, {Name: "callback", Fit: output.URL, Keep: true}}

func listResult(a *app, callbacks []callback.Callback) output.Result {
	r := output.Result{Data: callbacks, Table: &output.Table{
		Columns: listColumns,
		Empty:   "no callbacks: no events are sent",
	}}
	for _, c := range callbacks {
		r.Quiet = append(r.Quiet, c.URL.Whole())
		r.Table.Rows = append(r.Table.Rows, []string{targetName(c.Target), a.url(c.URL)})
	}
	return r
}

// listRemembered returns the callbacks of an account from the history.
func listRemembered(ctx context.Context, a *app, at *account.Account) (output.Result, error) {
	r, err := a.remember(ctx, at)
	if err != nil {
		return output.Result{}, err
	}
	callbacks := r.callbacks.All()
	result := listResult(a, callbacks)
	result.Table.Empty = "the history has no callback of this account"
	result.Table.Columns = append(result.Table.Columns, output.Column{Name: "as of", Keep: true})
	data := []output.Joined{}
	for i, c := range callbacks {
		data = append(data, output.Joined{c, asOfView{r.asOf(c.Target)}})
		result.Table.Rows[i] = append(result.Table.Rows[i], r.asOfCell(c.Target))
	}
	result.Data = data
	return result, nil
}
