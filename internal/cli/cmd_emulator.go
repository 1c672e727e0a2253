package cli

import (
	"github.com/spf13/cobra"
)

func newEmulatorCommand(a *app) *cobra.Command {
	return group(a, "emulator", "Run an emulator of the service on this machine",
		named{"serve", newServeCommand}, named{"deliveries", newDeliveriesCommand},
		named{"faults", newFaultsCommand}, named{"reset", newResetCommand})
}
