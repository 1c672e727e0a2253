package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
)

func newVersionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  sesctl version",
		Args:    noArgs,
		RunE:    a.runAtOnce(func(context.Context, []string) error { return a.print(versionResult(a.env.Build)) }),
	}
}

func versionResult(b Build) output.Result {
	return output.Result{Data: b, Quiet: []string{b.Version}, Verbatim: []string{versionLine(b)}}
}

func versionLine(b Build) string {
	line := "sesctl " + b.Version
	if b.Commit != "" {
		line += fmt.Sprintf(" (%s, %s)", b.Commit, b.Date)
	}
	return fmt.Sprintf("%s %s %s/%s", line, b.Go, b.OS, b.Arch)
}
