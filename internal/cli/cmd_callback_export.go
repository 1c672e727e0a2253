package cli

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/planfile"
	"github.com/sesctl/sesctl/pkg/callback"
)

type exportOptions struct {
	env string
}

func newExportCommand(a *app) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print the account's callbacks as a declaration",
		Long: `Print the account's callbacks as a declaration for 'sesctl callback plan' and
'sesctl callback apply'. It contains whole URLs, which are secrets.

With --env, each secret part of a URL is replaced by ${NAME}. The secret parts
are the password, the values of the query, and path segments that look like a
token or that the profile masks. FILE gets one line NAME=value for each. To read
it into a shell, use 'set -a; . ./FILE'. Keep FILE out of the repository.`,
		Example: `  sesctl callback export > callbacks.yaml

  # A declaration for the repository, with its secrets in another file
  sesctl callback export --env secrets.env > callbacks.yaml`,
		Args: noArgs,
		RunE: a.run(func(ctx context.Context, _ []string) error { return runExport(ctx, a, o) }),
	}
	cmd.Flags().StringVar(&o.env, "env", "", "write the secrets to `FILE` as NAME=value lines, and print ${NAME} in their place")
	return cmd
}

func runExport(ctx context.Context, a *app, o exportOptions) error {
	if o.env != "" {
		if err := planfile.CheckPath(o.env); err != nil {
			return err
		}
	}
	_, snapshot, err := a.account.Read(ctx, callback.PartCallbacks)
	if err != nil {
		return err
	}
	text := manifest.Whole
	var secrets []manifest.Secret
	switch {
	case o.env != "":
		secrets, text = manifest.Extract(snapshot.Callbacks, a.masking())
	case snapshot.Callbacks.Len() > 0:
		a.warn("the declaration contains whole callback URLs, which are secrets")
	}
	write := manifest.YAML
	if a.flags.format == output.FormatJSON || a.flags.query != nil {
		write = manifest.JSON
	}
	data, err := write(snapshot.Callbacks, text)
	if err != nil {
		return err
	}
	if o.env != "" {
		if err := files.WritePrivate(o.env, environmentFile(secrets)); err != nil {
			return failure.New(failure.Failure, "cannot write the secrets: %w", err).WithHints(files.Advice(err))
		}
		a.warn("%s contains %s; keep it out of the repository", o.env, plural(len(secrets), "secret", "secrets"))
	}
	if a.flags.query != nil {
		return a.print(output.Result{Data: json.RawMessage(data)})
	}
	_, err = a.env.Stdout.Write(data)
	return unlessGone(err)
}

// environmentFile returns one line NAME=value for each secret. A value is quoted for a
// shell if necessary.
func environmentFile(secrets []manifest.Secret) []byte {
	var out strings.Builder
	for _, s := range secrets {
		out.WriteString(s.Name + "=" + failure.Command(s.Value) + "\n")
	}
	return []byte(out.String())
}
