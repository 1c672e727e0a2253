package cli

import (
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
)

type globalFlags struct {
	local      bool
	localGiven bool
	localState string
	profiles   []string // more than one for commands that allow it
	// allProfiles selects all profiles of the configuration file.
	allProfiles bool

	endpoint string
	region   string
	language string // --lang
	timeout  time.Duration
	verbose  bool
	rate     float64 // calls a second for each action; 0 for the quota

	limited bool // --timeout was given
	outputFlags
}

// These are the annotations of commands and flags.
const (
	allowsProfiles = "profiles" // it acts for several profiles in one run

	mayBeEmpty = "may be empty" // of a flag: no value is a value
)

func (a *app) readGlobalFlags(cmd *cobra.Command) error {
	a.flags.localGiven = cmd.Flags().Changed("local")
	a.flags.limited = cmd.Flags().Changed("timeout")
	if err := a.flags.readFormat(cmd, a.env.Getenv); err != nil {
		return err
	}
	if _, err := catalog.Choose(a.flags.language, a.env.Getenv); err != nil {
		return failure.New(failure.Usage, "%w", err)
	}
	if len(a.flags.profiles) > 1 && cmd.Annotations[allowsProfiles] == "" {
		return failure.New(failure.Usage, "--profile is given %d times, but '%s' uses one profile", len(a.flags.profiles), cmd.CommandPath())
	}
	if err := refuseEmpty(cmd); err != nil {
		return err
	}
	if err := refuseUnheeded(cmd); err != nil {
		return err
	}
	if err := refuseURLAsFile(cmd); err != nil {
		return err
	}
	if cmd.Name() != "doctor" { // it reports them
		if err := a.flags.checkPlace(); err != nil {
			return err
		}
	}
	if err := a.flags.readQuery(cmd, a.env.Now); err != nil {
		return err
	}
	a.account = a.openAccount(a.profile(), "")
	if a.flags.timeout <= 0 {
		return failure.New(failure.Usage, "--timeout %s: it must be more than zero", a.flags.timeout)
	}
	return nil
}

// checkPlace refuses values that cannot be an endpoint or a region, also for a command that
// would only look for entries or profiles with this value.
func (f *globalFlags) checkPlace() error {
	if f.endpoint != "" {
		if err := ses.CheckEndpoint(f.endpoint); err != nil {
			return err
		}
	}
	return config.CheckRegion(config.Setting{Value: f.region, From: "--region"})
}

// refuseEmpty refuses flags without a value. A script that passes an unset variable does
// not mean to leave the flag out.
func refuseEmpty(cmd *cobra.Command) error {
	var empty string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		_, list := f.Value.(pflag.SliceValue)
		if (value == "" || list && (value == "[]" || value == `[""]`)) && f.Annotations[mayBeEmpty] == nil {
			empty = f.Name
		}
	})
	if empty == "" {
		return nil
	}
	return failure.New(failure.Usage, "--%s has no value", empty).WithHint("give it a value, or leave it out")
}

// checkNumber refuses a negative or infinite number, and NaN, which flags accept as
// numbers.
func checkNumber(flag string, value float64) error {
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return failure.New(failure.Usage, "%s %g: it must be a finite number", flag, value)
	case value < 0:
		return failure.New(failure.Usage, "%s %g: it must not be less than zero", flag, value)
	}
	return nil
}

const defaultTimeout = 30 * time.Second

func (a *app) addGlobalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.BoolVar(&a.flags.local, "local", false, "act on the embedded emulator: no network, no credentials (SESCTL_LOCAL)")
	f.StringVar(&a.flags.localState, "local-state", "", "state `FILE` of the embedded emulator (SESCTL_LOCAL_STATE)")
	f.StringArrayVar(&a.flags.profiles, "profile", nil, "profile `NAME` in the configuration file (SESCTL_PROFILE); repeatable for commands that read, plan, apply or validate")
	f.StringVar(&a.flags.endpoint, "endpoint", "", "`URL` of the service; plain http only on this machine (SESCTL_ENDPOINT)")
	f.StringVar(&a.flags.region, "region", "", "region `NAME` (TENCENTCLOUD_REGION; default ap-guangzhou)")
	durationVar(f, &a.flags.timeout, "timeout", defaultTimeout, "timeout of the whole command; apply, rollback, trigger and replay have none by default")
	f.BoolVarP(&a.flags.verbose, "verbose", "v", false, "print one line on stderr for each API call")
	f.StringVar(&a.flags.language, "lang", "", "`LANGUAGE` of messages, help and tables: en or zh-CN (SESCTL_LANG, else the locale)")
	a.flags.addOutputFlags(root)
	_ = root.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(catalog.Languages(), cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("profile", a.completeProfiles)
}
