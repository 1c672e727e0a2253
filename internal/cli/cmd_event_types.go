package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/event"
)

func newTypesCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:   "types",
		Short: "List the event types and the fields of each",
		Long:  "List the event types that SES documents (document 1084/39492), and the fields of each.",
		Example: `  sesctl event types
  sesctl event types -o json`,
		Args: noArgs,
		RunE: a.runAtOnce(func(context.Context, []string) error { return a.print(typesResult(event.Types())) }),
	}, typesColumns)
}

var typesColumns = []output.Column{
	{Name: "type"}, {Name: "eventid"}, {Name: "summary", Fit: output.Sentences}, {Name: "fields", Fit: output.Sentences},
}

func typesResult(types []event.TypeInfo) output.Result {
	r := output.Result{Data: types, Table: &output.Table{Columns: typesColumns}}
	for _, t := range types {
		r.Quiet = append(r.Quiet, string(t.Type))
		r.Table.Rows = append(r.Table.Rows, []string{string(t.Type), strconv.FormatInt(t.EventID, 10), t.Summary, strings.Join(t.Fields, " ")})
	}
	return r
}
