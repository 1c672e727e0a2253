package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
)

func newAPIListCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:   "list",
		Short: "List the operations, their API names, and how certain the names are",
		Long: `List the operations that sesctl uses: the action, the names in its request and in
its response, and a mark that shows how certain these names are.

  published  in Tencent's SDK or API documentation, now or formerly
  named      Tencent names the action, but does not publish its parameters
  inferred   nobody outside Tencent has confirmed it
  learned    read from a capture of the console or from the audit log, with the day
  probed     the endpoint was asked and knows it, with the day`,
		Example: `  sesctl api list
  sesctl api list --profile global -o json`,
		Args: noArgs,
		RunE: a.runAtOnce(func(context.Context, []string) error { return runAPIList(a) }),
	}, apiColumns)
}

func runAPIList(a *app) error {
	settings, err := a.account.Settings()
	if err != nil {
		return err
	}
	rows := []rowView{}
	for _, row := range settings.Table.Rows() {
		rows = append(rows, viewRow(row, settings))
	}
	return a.print(apiListResult(rows))
}

var apiColumns = []output.Column{
	{Name: "operation"}, {Name: "action"}, {Name: "request", Fit: output.Sentences}, {Name: "response", Fit: output.Sentences},
	{Name: "mark", Keep: true}, {Name: "write", Wide: true}, {Name: "source", Fit: output.Sentences, Wide: true},
	{Name: "replaced in", Fit: output.Text, Wide: true},
}

func apiListResult(rows []rowView) output.Result {
	r := output.Result{Data: rows, Table: &output.Table{Columns: apiColumns}}
	for _, row := range rows {
		r.Quiet = append(r.Quiet, row.Action)
		r.Table.Rows = append(r.Table.Rows, []string{string(row.Operation), row.Action, fieldsText(row.Request), fieldsText(row.Response), row.markText(),
			yesNo(row.Write), row.Source, row.ReplacedIn})
	}
	return r
}
