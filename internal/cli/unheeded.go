package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// placeFlags returns the global flags that select the account.
func placeFlags() []string { return []string{"local", "local-state", "profile", "endpoint", "region"} }

// unheeded returns the global flags that have no effect on this call of the command.
// Flags that only change the output (-o, -q, -v, --show-urls and --no-color) are not
// among them, unless the output has one form.
func unheeded(cmd *cobra.Command) []string {
	given := cmd.Flags().Changed
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	switch path {
	case "callback rules", "callback schema", "event types", "event sample", "event list", "version", "exit-status", "options":
		return placeFlags()
	case "completion bash", "completion zsh", "completion fish", "completion powershell": // for a shell, in one form
		return append(placeFlags(), "output", "jq", "template", "columns", "lang", "timeout")
	case "profile list": // of the embedded emulator there is nothing to list
		return []string{"local", "local-state"}
	case "profile show":
		return []string{"local-state"}
	case "callback validate": // --profile has the ports; an emulator allows private hosts
		return []string{"local-state", "region"}
	case "emulator serve": // it runs until it is ended, in the profile's configuration
		ignored := []string{"endpoint", "region", "timeout"}
		if format := cmd.Flags().Lookup("output"); format.Value.String() != "json" { // of errors
			ignored = append(ignored, "output")
		}
		if given("memory") || given("state") {
			ignored = append(ignored, "local-state")
		}
		return ignored
	case "event show": // --profile has what is masked
		return []string{"local", "local-state", "endpoint", "region"}
	case "event listen":
		if !given("borrow") { // no account is read or changed; --for ends it
			return []string{"local", "local-state", "endpoint", "region", "timeout"}
		}
	case "event trigger", "event replay":
		if given("to") {
			return []string{"local", "local-state", "endpoint", "region"}
		}
	}
	return nil
}

// refuseUnheeded refuses flags that would have no effect. A user who names an endpoint
// must not get a success that has nothing to do with it. Environment variables are not
// refused, because they are set for all commands.
func refuseUnheeded(cmd *cobra.Command) error {
	given := slices.DeleteFunc(unheeded(cmd), func(name string) bool { return !cmd.Flags().Changed(name) })
	if len(given) == 0 {
		return nil
	}
	flags := "--" + strings.Join(given, ", --")
	format := "%s has no effect on '%s'%s"
	if len(given) > 1 {
		format = "%s have no effect on '%s'%s"
	}
	return failure.New(failure.Usage, format, flags, cmd.CommandPath(), without(cmd)).
		WithHint("leave out %s", flags)
}

// without returns the words that name the flag which decides whether the command uses an
// account.
func without(cmd *cobra.Command) string {
	switch {
	case cmd.Flags().Lookup("borrow") != nil:
		return " without --borrow"
	case cmd.Flags().Lookup("to") != nil:
		return " with --to"
	}
	return ""
}

// refuseFlagsOfCompletion makes the commands that cobra adds refuse flags that have no
// effect on them.
func refuseFlagsOfCompletion(root *cobra.Command) {
	for _, group := range root.Commands() {
		if group.Name() != "completion" {
			continue
		}
		for _, cmd := range group.Commands() {
			cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return refuseUnheeded(cmd) }
		}
	}
}
