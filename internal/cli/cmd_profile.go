package cli

import (
	"github.com/spf13/cobra"
)

func newProfileCommand(a *app) *cobra.Command {
	return group(a, "profile", "Show the profiles of the configuration file",
		named{"list", newProfileListCommand},
		named{"show", newProfileShowCommand},
	)
}
