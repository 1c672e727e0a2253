package cli

import (
	"github.com/spf13/cobra"
)

func newSenderCommand(a *app) *cobra.Command {
	return group(a, "sender", "Read the account's sender addresses", named{"list", newSenderListCommand})
}
