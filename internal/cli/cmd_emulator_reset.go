package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/output"
)

func newResetCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "reset",
		Short:   "Empty the local state",
		Long:    "Empty the state of --local. The next command starts from a fresh one.",
		Example: "  sesctl emulator reset",
		Args:    noArgs,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return runReset(ctx, a) }),
	}
}

func runReset(ctx context.Context, a *app) error {
	settings, err := a.where()
	if err != nil {
		return err
	}
	if err := emulator.Reset(ctx, settings.LocalState, 0); err != nil {
		return err
	}
	return a.print(resetResult(settings))
}

func resetResult(settings config.Settings) output.Result {
	type view struct {
		State  string `json:"state"`
		Action string `json:"action"`
	}
	return output.Result{Data: view{settings.LocalState, "reset"}, Quiet: []string{settings.LocalState},
		Text: []string{"the local state is empty: " + settings.LocalState}}
}
