package cli

import "github.com/spf13/cobra"

func newAPICommand(a *app) *cobra.Command {
	return group(a, "api", "Show, learn and probe the API names that sesctl uses",
		named{"list", newAPIListCommand},
		named{"learn", newAPILearnCommand},
		named{"probe", newAPIProbeCommand},
	)
}
