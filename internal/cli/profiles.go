package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// profile is the one that a command acts for; "" leaves the choice to the
// environment.
func (a *app) profile() string {
	if len(a.flags.profiles) == 0 {
		return ""
	}
	return a.flags.profiles[0]
}

// profileName is the profile that is used at the place where the command acts, ""
// if none is. It is known once where was called.
func (a *app) profileName() string {
	if a.settings != nil {
		return a.settings.Profile
	}
	return a.profile()
}

// forProfiles returns an app for each profile that a command acts for: those of
// the command line, else that of the environment, else those that the
// declaration names. Where it is one, that is a itself. A profile that the
// declaration does not name is refused: it is meant for others.
func (a *app) forProfiles(declared []string) ([]*app, error) {
	names, from := a.flags.profiles, "--profile"
	if a.flags.allProfiles {
		from = "--all-profiles"
	}
	if name := a.env.Getenv(config.EnvProfile); len(names) == 0 && name != "" {
		names, from = []string{name}, config.EnvProfile
	}
	if len(names) == 0 {
		names, from = declared, "the declaration"
	}
	for i, name := range names {
		switch {
		case name == "" && len(names) > 1:
			return nil, failure.New(failure.Usage, "%s: an empty name", from)
		case slices.Contains(names[:i], name):
			return nil, failure.New(failure.Usage, "%s: the profile %s is named twice", from, callback.Quote(name))
		case len(declared) > 0 && !slices.Contains(declared, name):
			return nil, failure.New(failure.Usage, "the declaration is not meant for the profile %s (from %s)", callback.Quote(name), from).
				WithHint("its profiles are: %s", strings.Join(declared, ", "))
		}
	}
	if len(names) < 2 {
		if from != config.EnvProfile {
			a.flags.profiles, a.profileFrom = names, from
		}
		return []*app{a}, nil
	}
	for _, name := range names {
		child := &app{env: a.env, flags: a.flags, started: a.started, command: a.command, label: "profile " + name + ": ", profileFrom: from}
		child.flags.profiles = []string{name}
		a.children = append(a.children, child)
	}
	return a.children, nil
}

// release lets go of the local state, so that the next profile can have it; the
// store is opened again where it is asked for again.
func (a *app) release() error {
	if a.emulator == nil {
		return nil
	}
	err := a.emulator.Close()
	a.emulator, a.client = nil, nil
	return err
}

// merge returns what came of several profiles as one error: of the worst kind,
// with a line for each. A profile that had no error has nil.
func merge(apps []*app, errs []error) error {
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
		lines = append(lines, apps[i].label+err.Error())
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
	return &failure.Error{Kind: worst.Kind, Err: fmt.Errorf("%s", strings.Join(lines, "\n")), Hints: hints,
		APICode: worst.APICode, RequestID: worst.RequestID}
}

// badness orders the kinds, the worst first: what the user did, what failed, and
// then the answers.
func badness(kind failure.Kind) int {
	return slices.Index([]failure.Kind{failure.Interrupted, failure.Failure, failure.Auth, failure.Usage,
		failure.NotFound, failure.Conflict, failure.Finding}, cmp.Or(kind, failure.Failure))
}
