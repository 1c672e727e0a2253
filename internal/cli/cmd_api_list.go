package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
)

func newAPIListCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:   "list",
		Short: "List the operations, their names on the wire, and how well they are known",
		Long: `List the operations that sesctl uses: the action, the names of its parameters and
of its answer, and a mark that says how well each is known.

  published  in Tencent's SDK or API documentation, or once was
  named      Tencent names the action, but publishes no parameters
  inferred   nobody outside Tencent has confirmed it
  learned    read out of a capture of the console or the audit log, with the day
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
		r.Table.Rows = append(r.Table.Rows, []string{string(row.Operation), row.Action, fieldsText(row.Request), fieldsText(row.Response), row.text(),
			yesNo(row.Write), row.Source, row.ReplacedIn})
	}
	return r
}
