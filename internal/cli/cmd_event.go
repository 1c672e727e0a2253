package cli

import "github.com/spf13/cobra"

func newEventCommand(a *app) *cobra.Command {
	return group(a, "event", "Send, receive and replay events",
		named{"types", newTypesCommand},
		named{"sample", newSampleCommand},
		named{"trigger", newTriggerCommand},
		named{"listen", newListenCommand},
		named{"list", newEventListCommand},
		named{"show", newEventShowCommand},
		named{"replay", newReplayCommand},
	)
}
