package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage is the usage text of cobra, with the flags in the width of the terminal.
// Elsewhere they have a line each, for those who search it.
func (a *app) usage(cmd *cobra.Command) error {
	var out strings.Builder
	out.WriteString("Usage:\n  " + cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&out, "\n  %s [command]", cmd.CommandPath())
	}
	if cmd.HasExample() {
		out.WriteString("\n\nExamples:\n" + cmd.Example)
	}
	listCommands(&out, "\n\nAvailable Commands:", cmd, (*cobra.Command).Name, func(c *cobra.Command) bool { return c.IsAvailableCommand() || c.Name() == "help" })
	a.listFlags(&out, "Flags:", cmd.LocalFlags())
	a.listFlags(&out, "Global Flags:", cmd.InheritedFlags())
	listCommands(&out, "\n\nAdditional help topics:", cmd, (*cobra.Command).CommandPath, (*cobra.Command).IsAdditionalHelpTopicCommand)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&out, "\n\nUse \"%s [command] --help\" for more information about a command.", cmd.CommandPath())
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), out.String())
	return err
}

func listCommands(out *strings.Builder, title string, parent *cobra.Command, name func(*cobra.Command) string, listed func(*cobra.Command) bool) {
	for _, cmd := range parent.Commands() {
		if listed(cmd) {
			out.WriteString(title)
			fmt.Fprintf(out, "\n  %-*s %s", cmd.NamePadding(), name(cmd), cmd.Short)
			title = ""
		}
	}
}

func (a *app) listFlags(out *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(out, "\n\n%s\n%s", title, strings.TrimRight(flags.FlagUsagesWrapped(a.env.Width), " \n"))
	}
}
