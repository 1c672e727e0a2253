package cli

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
)

func newSchemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a declaration",
		Example: `  sesctl callback schema > callbacks.schema.json`,
		Args:    noArgs,
		RunE: a.runAtOnce(func(context.Context, []string) error {
			schema := manifest.Schema()
			if a.flags.format == output.FormatYAML || a.flags.query != nil {
				return a.print(output.Result{Data: json.RawMessage(schema)})
			}
			_, err := a.env.Stdout.Write(schema)
			return unlessGone(err)
		}),
	}
}
