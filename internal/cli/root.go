package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// Main runs one command and returns its exit status.
func Main(ctx context.Context, env Env) int {
	a := newApp(env)
	root := newRoot(a)
	root.SetArgs(append([]string{}, env.Args...)) // SetArgs(nil) would mean os.Args
	err := root.ExecuteContext(ctx)
	if closeErr := a.close(); err == nil {
		err = closeErr
	}
	return a.finish(root, err)
}

// Root returns the tree of all commands, for generated documentation.
func Root(env Env) *cobra.Command { return newRoot(newApp(env)) }

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "sesctl",
		Short: "Manage and test where the events of your emails are sent",
		Long: `sesctl manages the callback addresses of Tencent Cloud SES: the URLs that receive
the events of your emails. An account has at most one callback for the whole
account, and at most one for each sender address. A sender's own callback
overrides the account's callback.`,
		Example: `  # Try it out: no account, no network
  sesctl --local callback set --account https://hooks.example.com:8080/ses
  sesctl --local callback set --sender news@mail.example.com https://hooks.example.com:8081/news
  sesctl --local callback resolve --all`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	root.SetIn(a.env.Stdin)
	a.addGlobalFlags(root)
	built, chosen := build(a, "", []named{
		{"callback", newCallbackCommand},
		{"sender", newSenderCommand},
		{"event", newEventCommand},
		{"api", newAPICommand},
		{"emulator", newEmulatorCommand},
		{"relay", newRelayCommand},
		{"profile", newProfileCommand},
		{"doctor", newDoctorCommand},
		{"version", newVersionCommand},
		{"exit-status", newExitStatusTopic},
		{"options", newOptionsTopic},
	})
	root.AddCommand(built...)
	root.CompletionOptions.DisableDefaultCmd = chosen
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.InitDefaultCompletionCmd(a.env.Args...)
	root.SetUsageFunc(a.usage)
	root.SetFlagErrorFunc(a.flagError)
	// The --version of cobra prints with a template. text/template prevents the linker
	// from removing unused code: four megabytes.
	version := root.Flags().Bool("version", false, "print the version")
	finishTree(a, root)
	if len(a.env.Args) > 0 && (a.env.Args[0] == cobra.ShellCompRequestCmd || a.env.Args[0] == cobra.ShellCompNoDescRequestCmd) {
		root.InitDefaultHelpCmd() // cobra adds it later, and it is translated too
		translateTree(a.texts, root)
		finishCompletion(root)
	}
	refuseFlagsOfCompletion(root)
	help := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *version {
			return a.runAtOnce(func(context.Context, []string) error { return a.print(versionResult(a.env.Build)) })(cmd, args)
		}
		return help(cmd, args)
	}
	if !chosen {
		strictHelp(root)
	}
	a.fitHelp(root)
	return root
}

// finishTree makes groups refuse unknown commands. By default, cobra prints the help of
// the group and reports success.
func finishTree(a *app, cmd *cobra.Command) {
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = unknownCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			a.started = true
			return cmd.Help()
		}
	}
	for _, child := range cmd.Commands() {
		finishTree(a, child)
	}
}

// strictHelp makes "help" refuse an unknown topic. By default, cobra reports success.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			cmd.Args = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err != nil {
					return err
				}
				return unknownCommand(found, rest)
			}
		}
	}
}

// named is a command that has not been built yet.
type named struct {
	name string
	new  func(*app) *cobra.Command
}

func (c named) make(a *app) *cobra.Command {
	cmd := c.new(a)
	addAliases(cmd)
	return cmd
}

// build builds the commands under a parent; the parent of the top level is "". If the
// command line names one of them, only that one is built, because the flags and texts of
// the others take a tenth of the start.
func build(a *app, parent string, commands []named) (built []*cobra.Command, chosen bool) {
	args := a.env.Args
	if parent != "" && len(args) > 0 && args[0] == parent {
		args = args[1:]
	} else if parent != "" {
		args = nil
	}
	if len(args) > 0 {
		if i := slices.IndexFunc(commands, func(c named) bool { return c.name == args[0] || c.name == fullName(args[0]) }); i >= 0 {
			return []*cobra.Command{commands[i].make(a)}, true
		}
	}
	for _, c := range commands {
		built = append(built, c.make(a))
	}
	return built, false
}

// group returns a command that only contains other commands.
func group(a *app, use, short string, children ...named) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short}
	built, _ := build(a, use, children)
	cmd.AddCommand(built...)
	return cmd
}

// newExitStatusTopic returns the help topic about exit statuses, from the table that
// defines them.
func newExitStatusTopic(a *app) *cobra.Command {
	var text strings.Builder
	text.WriteString("sesctl returns one of these exit statuses:\n\n")
	for _, s := range failure.Statuses() {
		fmt.Fprintf(&text, "  %3d  %s\n", s.Code, a.texts.Word(s.Summary))
	}
	text.WriteString("\nWith -o json, an error is one JSON object on stderr. Its \"kind\" corresponds to the exit status.")
	return &cobra.Command{Use: "exit-status", Short: "List the exit statuses of sesctl", Long: text.String()}
}
