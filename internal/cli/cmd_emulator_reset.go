package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/output"
)

func newResetCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Empty the state of the emulator",
		Long: `Empty the state of the emulator: its callbacks, messages, deliveries, faults, and
everything else that was created. --endpoint empties the state of an emulator
that is being served. Without it, the local state is emptied. The next command
starts with a fresh state.`,
		Example: "  sesctl emulator reset",
		Args:    noArgs,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return runReset(ctx, a) }),
	}
}

func runReset(ctx context.Context, a *app) error {
	place, err := a.emulatorPlace()
	if err != nil {
		return err
	}
	if place.served {
		err = place.client.Reset(ctx)
	} else {
		err = emulator.Reset(ctx, place.settings.LocalState, 0)
	}
	if err != nil {
		return err
	}
	return a.print(resetResult(place))
}

func resetResult(place emulatorPlace) output.Result {
	type view struct {
		State    string `json:"state,omitempty"`
		Endpoint string `json:"endpoint,omitempty"`
		Action   string `json:"action"`
	}
	r := output.Result{Data: view{State: place.where(), Action: "reset"}, Quiet: []string{place.where()},
		Text: []string{"the local state is empty: " + place.where()}}
	if place.served {
		r.Data, r.Text = view{Endpoint: place.where(), Action: "reset"}, []string{"the emulator's state is empty: " + place.where()}
	}
	return r
}
