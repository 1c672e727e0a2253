package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
)

// openAccount returns the account of a profile. An empty name leaves the choice to the
// settings. from describes where the profile is named, for messages.
func (a *app) openAccount(profile, from string) *account.Account {
	options := account.Options{
		Flags:  config.Flags{Profile: profile, ProfileFrom: from, Endpoint: a.flags.endpoint, Region: a.flags.region, LocalState: a.flags.localState},
		Getenv: a.env.Getenv, Now: a.env.Now, Pause: a.env.Pause,
		Version: "sesctl-" + a.env.Build.Version, Rate: a.flags.rate, Command: a.command,
	}
	if a.flags.localGiven {
		options.Flags.Local = &a.flags.local
	}
	if a.flags.verbose {
		options.OnCall = a.logCall
	}
	var at *account.Account
	options.OnNotice = func(n account.Notice) { a.notice(at, n) }
	at = account.New(options)
	return at
}

// profile returns the profile that the command line names, or the first one if it names
// several.
func (a *app) profile() string {
	if len(a.flags.profiles) == 0 {
		return ""
	}
	return a.flags.profiles[0]
}

// chooseAccounts returns one account for each profile that the command acts on. The
// command line, the environment or the declaration names the profiles. A single account
// is a.account.
func (a *app) chooseAccounts(declared []string) ([]*account.Account, error) {
	given := account.Chosen{Names: a.flags.profiles, From: "--profile"}
	if a.flags.allProfiles {
		given.From = "--all-profiles"
	}
	chosen, err := account.Choose(given, a.env.Getenv, declared)
	switch {
	case err != nil:
		return nil, err
	case len(chosen.Names) > 1:
		for _, name := range chosen.Names {
			a.accounts = append(a.accounts, a.openAccount(name, chosen.From))
		}
		return a.accounts, nil
	case chosen.From != config.EnvProfile:
		a.flags.profiles = chosen.Names
		a.account = a.openAccount(a.profile(), chosen.From)
	}
	return []*account.Account{a.account}, nil
}

// several reports whether the command acts on more than one account.
func (a *app) several() bool { return len(a.accounts) > 1 }

// label returns the text that names an account before a message, or "" if the command
// acts on only one account.
func (a *app) label(at *account.Account) string {
	if !a.several() {
		return ""
	}
	return "profile " + at.Profile() + ": "
}

// opened returns the accounts of the command.
func (a *app) opened() []*account.Account {
	if a.account == nil {
		return a.accounts
	}
	return append(slices.Clip(a.accounts), a.account)
}

func (a *app) close() error {
	var errs []error
	for _, at := range a.opened() {
		errs = append(errs, at.Close())
	}
	return errors.Join(errs...)
}

func (a *app) logCall(c ses.Call) {
	fmt.Fprintf(a.env.Stderr, "%s %s %s %s\n", c.Action, c.Outcome, cmp.Or(c.RequestID, "-"), c.Duration.Round(10*time.Microsecond))
}

// merge returns the errors of several accounts as one error, with one line for each
// account. Its kind is the worst of their kinds. errs has nil for an account without an
// error.
func (a *app) merge(accounts []*account.Account, errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	var worst *failure.Error
	var lines []string
	var hints []string
	for i, err := range errs {
		if err == nil {
			continue
		}
		lines = append(lines, a.label(accounts[i])+err.Error())
		e := &failure.Error{Kind: failure.KindOf(err), Err: err}
		var own *failure.Error
		if errors.As(err, &own) {
			e.APICode, e.RequestID = own.APICode, own.RequestID
			for _, hint := range own.Hints {
				if !slices.Contains(hints, hint) {
					hints = append(hints, hint)
				}
			}
		}
		if worst == nil || badness(e.Kind) < badness(worst.Kind) {
			worst = e
		}
	}
	if worst == nil {
		return nil
	}
	return &failure.Error{Kind: worst.Kind, Err: errors.New(strings.Join(lines, "\n")), Hints: hints,
		APICode: worst.APICode, RequestID: worst.RequestID}
}

// badness returns the rank of a kind, worst first: mistakes of the user, then failures,
// then negative answers.
func badness(kind failure.Kind) int {
	return slices.Index([]failure.Kind{failure.Interrupted, failure.Failure, failure.Auth, failure.Usage,
		failure.NotFound, failure.Conflict, failure.Finding}, cmp.Or(kind, failure.Failure))
}
