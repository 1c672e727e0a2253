package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/output"
)

func newProfileShowCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:   "show [NAME]",
		Short: "Show a profile, and where each of its values comes from",
		Long: `Show the profile that is used, or the one that is named, and where each value
comes from: a flag, a variable, the profile, or the default. Credentials are not
read.`,
		Example: `  sesctl profile show
  sesctl profile show -o json`,
		Args:              atMostOneArg,
		ValidArgsFunction: a.completeProfiles,
		RunE:              a.runAtOnce(func(_ context.Context, args []string) error { return runProfileShow(a, args) }),
	}, settingColumns)
}

var settingColumns = []output.Column{{Name: "setting", Keep: true}, {Name: "value", Fit: output.Address, Keep: true}, {Name: "source", Fit: output.Sentences, Keep: true}}

func runProfileShow(a *app, args []string) error {
	view, err := a.shownProfile(args)
	if err != nil {
		return err
	}
	s := view.settings
	fromProfile := func(set bool) string {
		if set {
			return "profile " + view.Name
		}
		return "the default"
	}
	used, why := "no", view.Why
	if view.Used {
		used = "yes"
	}
	if why == byDefault {
		why = fromProfile(false)
	}
	file, noFile := view.File, ""
	if file == "" {
		file, noFile = "none", a.noProfiles()
	}
	rows := [][]string{
		{"name", view.Name, ""}, {"used", used, why},
		{"region", view.Region, s.Region.From}, {"endpoint", view.Endpoint, s.Endpoint.From},
		{"credentials", view.Credentials, fromProfile(s.Credentials.Source != "")},
		{"allowed ports", portsText(view.AllowedPorts), fromProfile(len(s.AllowedPorts) > 0)},
	}
	blind := ""
	if view.Blind {
		blind = "yes"
	}
	for _, optional := range [][2]string{
		{"mask", strings.Join(view.Mask, ", ")}, {"ca file", view.CAFile}, {"language", view.Language},
		{"blind", blind}, {"api", strings.Join(view.API, ", ")},
	} {
		if value := optional[1]; value != "" {
			rows = append(rows, []string{optional[0], value, fromProfile(true)})
		}
	}
	rows = append(rows, []string{"file", file, noFile})
	if s.Local {
		rows = append(rows, []string{"local", "the embedded emulator, instead of the endpoint", s.LocalFrom})
	}
	return a.print(output.Result{Data: view, Quiet: []string{view.Name}, Table: &output.Table{Columns: settingColumns, Rows: rows}})
}

// shownProfile returns the named profile, or the profile that is used.
func (a *app) shownProfile(args []string) (profileView, error) {
	used, why := a.chosenProfile()
	if len(args) == 0 || args[0] == used {
		settings, err := a.account.Settings()
		if err != nil {
			return profileView{}, err
		}
		if settings.Profile != "" || len(args) == 0 {
			view := viewOfProfile(cmp.Or(settings.Profile, config.DefaultProfile), settings)
			view.Used, view.Why = true, why
			return view, nil
		}
	}
	return a.viewProfile(config.KnownDirs(a.env.Getenv), args[0])
}
