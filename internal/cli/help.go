package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/output"
)

// usage prints the usage text of cobra, with the flags wrapped to the width of the
// terminal. Without a terminal each flag is on one line, so that the text can be
// searched.
func (a *app) usage(cmd *cobra.Command) error {
	var out strings.Builder
	out.WriteString(a.texts.Word("Usage:") + "\n  " + a.useLine(cmd.UseLine()))
	if cmd.HasAvailableSubCommands() {
		out.WriteString("\n  " + a.useLine(cmd.CommandPath()+" [command]"))
	}
	if cmd.HasExample() {
		out.WriteString("\n\n" + a.texts.Word("Examples:") + "\n" + cmd.Example)
	}
	for _, title := range groupTitles {
		a.listCommands(&out, "\n\n"+a.texts.Word(title+":"), cmd, (*cobra.Command).Name, func(c *cobra.Command) bool {
			return (c.IsAvailableCommand() || c.Name() == "help") && titleOf(c) == title
		})
	}
	a.listFlags(&out, a.texts.Word("Flags:"), cmd.LocalFlags())
	a.listCommands(&out, "\n\n"+a.texts.Text("Additional help topics:"), cmd, (*cobra.Command).CommandPath, (*cobra.Command).IsAdditionalHelpTopicCommand)
	if cmd.HasAvailableSubCommands() {
		out.WriteString("\n\n" + output.FitProse(a.texts.Text("'"+cmd.CommandPath()+" COMMAND --help' explains a command."), a.env.Width))
	}
	if cmd.HasParent() {
		out.WriteString("\n\n" + output.FitProse(a.texts.Text("'sesctl help options' lists the flags that every command has."), a.env.Width))
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), out.String())
	return err
}

// useLine returns the form of a command. Cobra adds words in brackets to it.
func (a *app) useLine(line string) string {
	for _, added := range []string{"[flags]", "[command]"} {
		line = strings.Replace(line, added, a.texts.Word(added), 1)
	}
	return line
}

// groupTitles are the headings of the commands in help, in order.
var groupTitles = []string{"Look", "Change", "As code", "Events", "Local", "Commands"}

// titles returns the heading of each command that is not listed under Commands.
func titles() map[string]string {
	return map[string]string{
		"sesctl callback": "Change", "sesctl sender": "Look", "sesctl profile": "Look", "sesctl doctor": "Look", "sesctl api": "Look",
		"sesctl event": "Events", "sesctl relay": "Events", "sesctl emulator": "Local",
		"sesctl callback get": "Look", "sesctl callback list": "Look", "sesctl callback resolve": "Look", "sesctl callback check": "Look",
		"sesctl callback audit": "Look", "sesctl callback diagnose": "Look", "sesctl callback history": "Look", "sesctl callback rules": "Look",
		"sesctl callback set": "Change", "sesctl callback delete": "Change", "sesctl callback rollback": "Change", "sesctl callback restore": "Change",
		"sesctl callback validate": "As code", "sesctl callback plan": "As code", "sesctl callback apply": "As code",
		"sesctl callback export": "As code", "sesctl callback schema": "As code",
	}
}

func titleOf(cmd *cobra.Command) string {
	if title := titles()[cmd.CommandPath()]; title != "" {
		return title
	}
	return "Commands"
}

// newOptionsTopic returns the help topic that lists the flags of every command.
func newOptionsTopic(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "options", Short: "List the flags of every command", Long: "Every sesctl command has these flags."}
	cmd.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		translateFlags(a.texts, cmd.InheritedFlags())
		fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s", a.texts.Text(cmd.Long), a.flagUsages(cmd.InheritedFlags()))
	})
	return cmd
}

func (a *app) listCommands(out *strings.Builder, title string, parent *cobra.Command, name func(*cobra.Command) string, listed func(*cobra.Command) bool) {
	const indent = 3 // spaces around the name
	padding := 0
	for _, cmd := range parent.Commands() {
		if cmd.IsAvailableCommand() || cmd.IsAdditionalHelpTopicCommand() {
			padding = max(padding, len(name(cmd)))
		}
	}
	for _, cmd := range parent.Commands() {
		if listed(cmd) {
			out.WriteString(title)
			fmt.Fprintf(out, "\n  %-*s %s", padding, name(cmd), output.Hang(cmd.Short, padding+indent, a.env.Width))
			title = ""
		}
	}
}

func (a *app) listFlags(out *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(out, "\n\n%s\n%s", title, strings.TrimRight(a.flagUsages(flags), " \n"))
	}
}
