package cli

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newExportCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the account's callbacks as a declaration",
		Long: `Print the account's callbacks as a declaration that 'sesctl callback plan' and
'apply' read. It holds whole URLs, which are secrets: replace what is secret in
them by ${NAME}, and have it in the environment.`,
		Example: `  sesctl callback export > callbacks.yaml`,
		Args:    noArgs,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return runExport(ctx, a) }),
	}
}

func runExport(ctx context.Context, a *app) error {
	_, snapshot, err := a.read(ctx, callback.PartCallbacks)
	if err != nil {
		return err
	}
	if snapshot.Callbacks.Len() > 0 {
		a.warn("the declaration holds whole callback URLs, which are secrets")
	}
	write := manifest.YAML
	if a.flags.format == output.FormatJSON || a.flags.query != nil {
		write = manifest.JSON
	}
	data, err := write(snapshot.Callbacks)
	if err == nil && a.flags.query != nil {
		return a.print(output.Result{Data: json.RawMessage(data)})
	}
	if err != nil {
		return err
	}
	_, err = a.env.Stdout.Write(data)
	return unlessGone(err)
}
