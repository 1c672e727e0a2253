package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
)

func newProfileListCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:   "list",
		Short: "List the profiles, and which one is used",
		Long: `List the profiles of the configuration file, each with the settings that apply if
it is used. Credentials are not read.`,
		Example: `  sesctl profile list
  sesctl profile list --jq '.[] | select(.used) | .name'`,
		Args: noArgs,
		RunE: a.runAtOnce(func(context.Context, []string) error { return runProfileList(a) }),
	}, profileColumns)
}

var profileColumns = []output.Column{
	{Name: "name", Fit: output.Address, Keep: true, Verbatim: true}, {Name: "used", Keep: true}, {Name: "region", Fit: output.Text}, {Name: "endpoint", Fit: output.URL},
	{Name: "credentials", Fit: output.Text}, {Name: "allowed ports", Wide: true}, {Name: "file", Wide: true},
}

func runProfileList(a *app) error {
	views, err := a.profiles()
	if err != nil {
		return err
	}
	r := output.Result{Data: views, Table: &output.Table{Columns: profileColumns, Empty: "no profiles: " + a.noProfiles()}}
	for _, v := range views {
		used := ""
		if v.Used {
			used = "yes (" + v.Why + ")"
		}
		r.Quiet = append(r.Quiet, v.Name)
		r.Table.Rows = append(r.Table.Rows, []string{v.Name, used, v.Region, v.Endpoint, v.Credentials, portsText(v.AllowedPorts), v.File})
	}
	return a.print(r)
}
