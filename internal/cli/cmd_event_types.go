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
	return &cobra.Command{
		Use:   "types",
		Short: "List the types of events and the fields of each",
		Long:  "List the types of events that SES documents (document 1084/39492), and the fields of each.",
		Example: `  sesctl event types
  sesctl event types -o json`,
		Args: noArgs,
		RunE: a.runAtOnce(func(context.Context, []string) error { return a.print(typesResult(event.Types())) }),
	}
}

func typesResult(types []event.TypeInfo) output.Result {
	r := output.Result{Data: types, Table: &output.Table{Columns: []output.Column{
		{Name: "type"}, {Name: "eventid"}, {Name: "summary", Wrapped: true}, {Name: "fields", Wrapped: true},
	}}}
	for _, t := range types {
		r.Quiet = append(r.Quiet, string(t.Type))
		r.Table.Rows = append(r.Table.Rows, []string{string(t.Type), strconv.FormatInt(t.EventID, 10), t.Summary, strings.Join(t.Fields, " ")})
	}
	return r
}
