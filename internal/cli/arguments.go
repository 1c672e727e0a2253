package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := failure.New(failure.Usage, "'%s' takes no arguments, but got %s", cmd.CommandPath(), callback.Quote(args[0]))
	if target, parseErr := callback.ParseSender(args[0]); parseErr == nil && strings.Contains(args[0], "@") {
		return err.WithHint("%s explains what happens to its events", failure.Command("sesctl", "callback", "diagnose", target.Address()))
	}
	if cmd.Flags().Lookup("file") != nil {
		return err.WithHint("name a declaration with -f, as in -f %s", failure.Command(callback.Mask(args[0])))
	}
	return err.WithHint("see '%s --help'", cmd.CommandPath())
}

// oneArg requires exactly one argument; what is its name in messages.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return failure.New(failure.Usage, "missing %s", what).WithHint("usage: %s", cmd.UseLine())
		}
		return atMostOneArg(cmd, args)
	}
}

// atMostOneArg allows one argument or none.
func atMostOneArg(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return failure.New(failure.Usage, "'%s' takes one argument, but got %d: %s is too many", cmd.CommandPath(), len(args), callback.Quote(args[1])).
		WithHint("usage: %s", cmd.UseLine())
}

// oneFile requires exactly one argument, the file of events to read.
func oneFile(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return failure.New(failure.Usage, "missing FILE").WithHint("name a file; - is standard input")
	case 1:
		return nil
	}
	return failure.New(failure.Usage, "expected one FILE, but got %d", len(args))
}

// fileAndID requires two arguments: a file of events, and the id of an event in it.
func fileAndID(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return failure.New(failure.Usage, "missing FILE and ID")
	case len(args) == 1:
		return failure.New(failure.Usage, "missing ID").WithHint("'sesctl event list FILE' shows the ids")
	case len(args) > 2:
		return failure.New(failure.Usage, "expected one FILE and one ID, but got %d arguments", len(args))
	}
	return nil
}
