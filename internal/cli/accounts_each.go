package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
)

// takesProfiles lets a command that only reads act on several profiles.
func (a *app) takesProfiles(cmd *cobra.Command) *cobra.Command {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[allowsProfiles] = "yes"
	cmd.Flags().BoolVar(&a.flags.allProfiles, "all-profiles", false, "act on every profile in the configuration file")
	return cmd
}

// perProfile returns a run method that calls f once for each profile that the command
// line names. The result of f is printed even if f returns an error, because a finding
// has a result. With several profiles, each table has a heading, and each JSON object
// has the key profile.
func (a *app) perProfile(f func(ctx context.Context, at *account.Account, args []string) (output.Result, error)) runFunc {
	return func(ctx context.Context, args []string) error {
		accounts, err := a.readAccounts()
		if err != nil {
			return err
		}
		results, errs := make([]output.Result, len(accounts)), make([]error, len(accounts))
		for i, at := range accounts {
			results[i], errs[i] = f(ctx, at, args)
			if a.several() {
				errs[i] = errors.Join(errs[i], at.Release())
			}
		}
		if err := a.printSections(accounts, results); err != nil {
			return err
		}
		return a.merge(accounts, errs)
	}
}

// readAccounts returns one account for each profile. Without profile flags, it uses the
// declared profiles.
func (a *app) readAccounts(declared ...string) ([]*account.Account, error) {
	if !a.flags.allProfiles {
		return a.chooseAccounts(declared)
	}
	if len(a.flags.profiles) > 0 {
		return nil, failure.New(failure.Usage, "--profile and --all-profiles cannot be used together").WithHint("leave out one of them")
	}
	_, names, err := a.profileNames()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, failure.New(failure.Usage, "--all-profiles: no profiles are configured").WithHint("'sesctl profile list' shows where sesctl looks for profiles")
	}
	a.flags.profiles = names
	return a.chooseAccounts(declared)
}

// printSections prints the results of all accounts. A result without data belongs to an
// account with an error, and is left out.
func (a *app) printSections(accounts []*account.Account, results []output.Result) error {
	if len(results) == 1 {
		if results[0].Data == nil {
			return nil
		}
		return a.print(results[0])
	}
	people := a.flags.format == output.FormatTable && !a.flags.quiet
	data, quiet := []output.Joined{}, []string{}
	for i, r := range results {
		switch {
		case r.Data == nil:
		case people:
			r.Heading = fmt.Sprintf("Profile %s:", accounts[i].Profile())
			if i > 0 {
				r.Heading = "\n" + r.Heading
			}
			if err := a.print(r); err != nil {
				return err
			}
		default:
			rows, err := withProfile(r.Data, accounts[i].Profile())
			if err != nil {
				return err
			}
			data, quiet = append(data, rows...), append(quiet, r.Quiet...)
		}
	}
	if people {
		return nil
	}
	return a.print(output.Result{Data: data, Quiet: quiet})
}

// withProfile returns the rows of a result, and adds the key profile to each row.
func withProfile(data any, profile string) ([]output.Joined, error) {
	text, err := output.JSON(data)
	if err != nil {
		return nil, err
	}
	var rows []map[string]json.RawMessage
	var objects []json.RawMessage
	if err := errors.Join(json.Unmarshal(text, &objects), json.Unmarshal(text, &rows)); err != nil {
		return nil, err
	}
	joined := make([]output.Joined, len(objects))
	for i, object := range objects {
		joined[i] = output.Joined{object}
		if rows[i]["profile"] == nil {
			joined[i] = append(joined[i], map[string]string{"profile": profile})
		}
	}
	return joined, nil
}
