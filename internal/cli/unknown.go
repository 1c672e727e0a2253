package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// unknownCommand returns the error about an unknown command of a group.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	err := failure.New(failure.Usage, "unknown command %q for %q", word, cmd.CommandPath())
	var names []string
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() || child.IsAdditionalHelpTopicCommand() {
			names = append(names, child.Name())
		}
	}
	near := nearest(word, names)
	for i, name := range near {
		near[i] = cmd.CommandPath() + " " + name
	}
	if elsewhere := placesOf(cmd, word); len(elsewhere) > 0 {
		near = elsewhere
	}
	if hint := profileHabits()[strings.ToLower(word)]; hint != "" && cmd.CommandPath() == "sesctl profile" {
		return err.WithHint("%s", hint)
	}
	switch hint := commandHabits()[strings.ToLower(word)]; {
	case len(near) > 0:
		return err.WithHint("did you mean '%s'?", strings.Join(near, "' or '"))
	case hint != "":
		return err.WithHint("%s", hint)
	}
	return err.WithHint("see '%s --help'", cmd.CommandPath())
}

// placesOf returns the commands of other groups that have this name, or the name that
// this alias stands for.
func placesOf(cmd *cobra.Command, word string) []string {
	env := Env{Stdin: strings.NewReader(""), Stdout: nowhere{}, Stderr: nowhere{}, Getenv: func(string) string { return "" }}
	var found []string
	for _, group := range Root(env).Commands() {
		for _, child := range group.Commands() {
			if (child.Name() == word || child.Name() == fullName(word)) && group.Name() != cmd.Name() && group.Name() != "completion" {
				found = append(found, child.CommandPath())
			}
		}
	}
	return found
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// flagError returns the error about a flag. If an unknown command precedes the flag, the
// error is about the command, whose flags are unknown too.
func (a *app) flagError(cmd *cobra.Command, err error) error {
	if cmd.HasSubCommands() {
		if word := a.wordAfter(cmd); word != "" && !hasChild(cmd, word) {
			return unknownCommand(cmd, []string{word})
		}
	}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	seeHelp := fmt.Sprintf("see '%s --help'", cmd.CommandPath())
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown, seeHelp)
	case errors.As(err, &missing):
		return failure.New(failure.Usage, "--%s needs a value", missing.GetFlag().Name).WithHint("%s", seeHelp)
	case errors.As(err, &invalid):
		return failure.New(failure.Usage, "--%s %s: %s", invalid.GetFlag().Name, callback.Quote(invalid.GetValue()), valueReason(invalid)).WithHint("%s", seeHelp)
	}
	return failure.New(failure.Usage, "%s", strings.TrimPrefix(err.Error(), "pflag: ")).WithHint("%s", seeHelp)
}

func hasChild(cmd *cobra.Command, name string) bool {
	return slices.ContainsFunc(cmd.Commands(), func(child *cobra.Command) bool { return child.Name() == name || child.HasAlias(name) })
}

// valueReason returns what is wrong with the value of a flag, in plain words.
func valueReason(e *pflag.InvalidValueError) string {
	switch e.GetFlag().Value.Type() {
	case "duration":
		return "it is not a duration: write it like 90s, 5m, 36h or 7d; a number without a unit is in seconds"
	case "int", "uint", "int64":
		return "it is not a whole number"
	case "float64":
		return "it is not a number"
	case "bool":
		return "it must be true or false"
	}
	return e.Unwrap().Error()
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError, seeHelp string) error {
	name := unknown.GetSpecifiedName()
	err := failure.New(failure.Usage, "unknown flag --%s", callback.Mask(name))
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		err = failure.New(failure.Usage, "unknown flag -%s", callback.Mask(letters))
		if len(letters) > 1 {
			name = letters // a long flag with one dash
		}
		if cmd.Flags().Lookup(letters) != nil {
			return err.WithHint("did you mean --%s?", letters)
		}
	}
	for _, here := range flagHabits()[strings.ToLower(name)] {
		flag, isFlag := strings.CutPrefix(here, "--")
		if !isFlag || cmd.Flags().Lookup(flag) != nil {
			return err.WithHint("did you mean %s?", here)
		}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := nearest(name, names); len(name) > 1 && len(near) > 0 {
		return err.WithHint("did you mean --%s?", strings.Join(near, " or --"))
	}
	for _, habit := range nearest(name, slices.Sorted(maps.Keys(flagHabits()))) {
		if here := flagHabits()[habit][0]; len(name) > 1 && !strings.HasPrefix(here, "--") {
			return err.WithHint("did you mean %s?", here)
		}
	}
	return err.WithHint("%s", seeHelp)
}

// wordAfter returns the first word after the command that is neither a flag nor the
// value of a flag, or "" if there is none.
func (a *app) wordAfter(cmd *cobra.Command) string {
	path := strings.Fields(cmd.CommandPath())[1:]
	for i := 0; i < len(a.env.Args); i++ {
		arg := a.env.Args[i]
		switch {
		case arg == "--":
			return ""
		case strings.HasPrefix(arg, "-"):
			if takesNext(cmd, arg) {
				i++
			}
		case len(path) > 0 && arg == path[0]:
			path = path[1:]
		default:
			return arg
		}
	}
	return ""
}

// takesNext reports whether a flag takes the next word as its value. An unknown long
// flag may do so, so the next word is then not read as a command.
func takesNext(cmd *cobra.Command, arg string) bool {
	name, isLong := strings.CutPrefix(arg, "--")
	if strings.Contains(arg, "=") {
		return false
	}
	if !isLong {
		flag := cmd.Flags().ShorthandLookup(arg[len(arg)-1:])
		return flag != nil && flag.NoOptDefVal == "" && len(arg) == 2
	}
	flag := cmd.Flags().Lookup(name)
	return flag != nil && flag.NoOptDefVal == ""
}
