package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
)

// takesProfiles makes a command that reads act for several profiles.
func (a *app) takesProfiles(cmd *cobra.Command) *cobra.Command {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[allowsProfiles] = "yes"
	cmd.Flags().BoolVar(&a.flags.allProfiles, "all-profiles", false, "every profile of the configuration file")
	return cmd
}

// perProfile is a run method for each profile that the command line names. For several,
// tables have a heading each, and the objects of the JSON the key profile.
func (a *app) perProfile(f func(ctx context.Context, a *app, args []string) error) runFunc {
	return func(ctx context.Context, args []string) error {
		apps, err := a.readProfiles()
		if err != nil {
			return err
		}
		if len(apps) == 1 {
			return f(ctx, apps[0], args)
		}
		errs := make([]error, len(apps))
		for i, at := range apps {
			at.ends, at.collects = a.ends, true
			errs[i] = errors.Join(f(ctx, at, args), at.release())
		}
		if err := a.printSections(apps); err != nil {
			return err
		}
		return merge(apps, errs)
	}
}

// readProfiles returns an app for each profile, by default for those that are declared.
func (a *app) readProfiles(declared ...string) ([]*app, error) {
	if !a.flags.allProfiles {
		return a.forProfiles(declared)
	}
	if len(a.flags.profiles) > 0 {
		return nil, failure.New(failure.Usage, "--profile and --all-profiles cannot be used together").WithHint("leave out one of them")
	}
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return nil, failure.New(failure.Failure, "%w", err)
	}
	names, _, err := config.Profiles(dirs, a.env.Getenv)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, failure.New(failure.Usage, "--all-profiles: there are no profiles").WithHint("'sesctl profile list' shows where they are looked for")
	}
	a.flags.profiles = names
	return a.forProfiles(declared)
}

// printSections prints what the commands for several profiles collected.
func (a *app) printSections(apps []*app) error {
	people := a.flags.format == output.FormatTable && !a.flags.quiet
	data, quiet := []output.Joined{}, []string{}
	for i, at := range apps {
		for _, r := range at.collected {
			if people {
				r.Heading = fmt.Sprintf("Profile %s:", at.profile())
				if i > 0 {
					r.Heading = "\n" + r.Heading
				}
				if err := a.print(r); err != nil {
					return err
				}
				continue
			}
			rows, err := withProfile(r.Data, at.profile())
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

// withProfile returns the rows of a result, each with the key profile.
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
