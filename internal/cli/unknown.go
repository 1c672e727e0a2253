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

// commandHabits returns a hint for each command that users know from other tools.
func commandHabits() map[string]string {
	return map[string]string{
		"login": credentialsHint, "auth": credentialsHint, "configure": credentialsHint, "logout": credentialsHint, "whoami": credentialsHint,
		"config": "'sesctl profile list' shows the configuration", "init": "'sesctl callback export' writes a first declaration",
		"create": useSet, "add": useSet, "put": useSet, "update": useSet, "edit": useSet, "replace": useSet,
		"remove": useDelete, "unset": useDelete, "del": useDelete, "destroy": useDelete,
		"describe": "'sesctl callback diagnose ADDRESS' explains what happens to the events of a sender",
		"status":   "'sesctl doctor' checks the configuration, and 'sesctl callback audit' the callbacks",
		"test":     "'sesctl callback check' tests a callback", "ping": "'sesctl callback check' tests a callback", "verify": "'sesctl callback check' tests a callback",
		"preview": "'sesctl callback plan -f FILE' shows what would change", "import": "'sesctl callback export' writes the account's callbacks as a declaration",
		"up": useApply, "deploy": useApply, "sync": useApply, "push": useApply,
		"undo": "'sesctl callback rollback ID' undoes changes", "revert": "'sesctl callback rollback ID' undoes changes",
		"log": "'sesctl callback history' lists the changes", "logs": "'sesctl callback history' lists the changes",
		"lint": "'sesctl callback validate' checks a declaration", "drift": "'sesctl callback plan -f FILE --exit-code' finds drift",
		"send": "'sesctl event trigger' sends a sample event", "webhook": "'sesctl callback' manages webhooks", "webhooks": "'sesctl callback' manages webhooks",
		"serve": "'sesctl emulator serve' runs the emulator", "mock": "'sesctl emulator serve' runs the emulator",
	}
}

const (
	credentialsHint = "sesctl does not store credentials: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY; 'sesctl doctor' shows the credentials that it finds"
	useSet          = "'sesctl callback set TARGET URL' sets a callback"
	useDelete       = "'sesctl callback delete TARGET' deletes a callback"
	useApply        = "'sesctl callback apply -f FILE' applies a declaration"
)

// profileHabits are commands for profiles that other tools have.
func profileHabits() map[string]string {
	return map[string]string{
		"use": choosesProfile, "switch": choosesProfile, "select": choosesProfile, "activate": choosesProfile, "current": choosesProfile, "get": choosesProfile,
		"set": writesProfile, "add": writesProfile, "create": writesProfile, "new": writesProfile, "edit": writesProfile, "delete": writesProfile, "remove": writesProfile, "rm": writesProfile,
	}
}

const (
	choosesProfile = "--profile NAME or SESCTL_PROFILE chooses a profile; 'sesctl profile show' shows the one that is used"
	writesProfile  = "the profiles are in the configuration file, which you edit; 'sesctl profile show' names the file"
)

// flagHabits returns what corresponds to the flags of other tools. The hint offers the
// first of these flags that the command has. Texts that are not flags are always
// offered.
func flagHabits() map[string][]string {
	return map[string][]string{
		"json": {"-o json"}, "yaml": {"-o yaml"}, "format": {"--output"}, "raw": {"--quiet"}, "short": {"--quiet"}, "silent": {"--quiet"}, "no-headers": {"--quiet"},
		"force": {"--replace", "--yes"}, "f": {"--file"}, "filename": {"--file"}, "auto-approve": {"--yes"}, "assume-yes": {"--yes"}, "confirm": {"--yes"}, "overwrite": {"--replace"},
		"debug": {"--verbose"}, "trace": {"--verbose"}, "dry-run": {"sesctl callback plan -f FILE"}, "check": {"--dry-run", "--exit-code"}, "detailed-exitcode": {"--exit-code"}, "what-if": {"--dry-run"},
		"email": {"--sender"}, "address": {"--sender"}, "from": {"--sender"}, "email-address": {"--sender"}, "url": {"--url-file", "--to", "--endpoint"},
		"context": {"--profile"}, "env": {"--profile"}, "endpoint-url": {"--endpoint"}, "secret-id": {"TENCENTCLOUD_SECRET_ID"}, "secret-key": {"TENCENTCLOUD_SECRET_KEY"}, "token": {"TENCENTCLOUD_TOKEN"},
		"config": {"SESCTL_CONFIG=FILE"}, "config-file": {"SESCTL_CONFIG=FILE"}, "no-colour": {"--no-color"}, "recursive": {"--all"}, "everything": {"--all"}, "max-items": {"--limit"}, "n": {"--limit", "--count"},
	}
}

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
		return failure.New(failure.Usage, "%s needs a value", flagName(missing.GetFlag())).WithHint("%s", seeHelp)
	case errors.As(err, &invalid):
		return failure.New(failure.Usage, "%s %s: %s", flagName(invalid.GetFlag()), callback.Quote(invalid.GetValue()), valueReason(invalid)).WithHint("%s", seeHelp)
	}
	return failure.New(failure.Usage, "%s", strings.TrimPrefix(err.Error(), "pflag: ")).WithHint("%s", seeHelp)
}

func hasChild(cmd *cobra.Command, name string) bool {
	return slices.ContainsFunc(cmd.Commands(), func(child *cobra.Command) bool { return child.Name() == name || child.HasAlias(name) })
}

func flagName(f *pflag.Flag) string {
	return "--" + f.Name
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
		return err.WithHint("name a declaration with -f, as in -f %s", shownArg(args[0]))
	}
	return err.WithHint("see '%s --help'", cmd.CommandPath())
}

func shownArg(arg string) string {
	return failure.Command(callback.Mask(arg))
}

// oneArg requires exactly one argument; what is its name in messages.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return failure.New(failure.Usage, "missing %s", what).WithHint("usage: %s", cmd.UseLine())
		}
		return mostArgs(1)(cmd, args)
	}
}

// mostArgs allows at most this many arguments.
func mostArgs(most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= most {
			return nil
		}
		takes := "one argument"
		if most > 1 {
			takes = fmt.Sprintf("%d arguments", most)
		}
		return failure.New(failure.Usage, "'%s' takes %s, but got %d: %s is too many", cmd.CommandPath(), takes, len(args), callback.Quote(args[most])).
			WithHint("usage: %s", cmd.UseLine())
	}
}

// addAliases gives a command its aliases.
func addAliases(cmd *cobra.Command) {
	for _, alias := range [...]string{"diff", "ls", "rm", "show"} {
		if fullName(alias) == cmd.Name() {
			cmd.Aliases = append(cmd.Aliases, alias)
		}
	}
}
