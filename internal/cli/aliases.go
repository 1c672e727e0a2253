package cli

import (
	"github.com/spf13/cobra"
)

// fullName returns the name of the command that an alias stands for, or "" if it is not
// an alias. The alias works in every group that has the command.
func fullName(alias string) string {
	switch alias {
	case "ls":
		return "list"
	case "rm":
		return "delete"
	case "show":
		return "get"
	case "diff":
		return "plan"
	}
	return ""
}

// addAliases gives a command its aliases.
func addAliases(cmd *cobra.Command) {
	for _, alias := range [...]string{"diff", "ls", "rm", "show"} {
		if fullName(alias) == cmd.Name() {
			cmd.Aliases = append(cmd.Aliases, alias)
		}
	}
}
