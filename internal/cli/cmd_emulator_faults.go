package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
)

type faultsOptions struct{ off bool }

func newFaultsCommand(a *app) *cobra.Command {
	var o faultsOptions
	cmd := &cobra.Command{
		Use:   "faults [SPEC...]",
		Short: "Show or change the faults of the emulator",
		Long: `Without a SPEC, show the faults that are on. With SPECs, turn these faults on and
all others off. With --off, turn all faults off. --endpoint acts on an emulator
that is being served. Without it, the command acts on the local state, and the
next commands with --local meet the faults.

A SPEC is NAME[=VALUE][,action=NAME][,share=SHARE]. A SHARE is a number up to 1,
or a percentage.

` + faultHelp(),
		Example: `  sesctl emulator faults
  sesctl emulator faults error=FailedOperation.FrequencyLimit,action=SendEmail delay=1s
  sesctl emulator faults --off`,
		RunE: a.run(func(ctx context.Context, args []string) error { return runFaults(ctx, a, o, args) }),
	}
	cmd.Flags().BoolVar(&o.off, "off", false, "turn all faults off")
	return withColumns(cmd, faultColumns)
}

func runFaults(ctx context.Context, a *app, o faultsOptions, specs []string) error {
	if o.off && len(specs) > 0 {
		return failure.New(failure.Usage, "--off and a SPEC cannot be used together")
	}
	faults := []emulator.Fault{}
	for _, spec := range specs {
		f, err := emulator.ParseFault(spec)
		if err != nil {
			return err
		}
		faults = append(faults, f)
	}
	place, err := a.emulatorPlace()
	if err != nil {
		return err
	}
	change := o.off || len(specs) > 0
	var on []string
	switch {
	case place.served && change:
		on, err = place.client.SetFaults(ctx, specs)
	case place.served:
		on, err = place.client.Faults(ctx)
	default:
		on, err = localFaults(ctx, a, faults, change)
	}
	if err != nil {
		return err
	}
	return a.print(faultsResult(on))
}

func localFaults(ctx context.Context, a *app, faults []emulator.Fault, change bool) ([]string, error) {
	e, err := a.account.Emulator(ctx)
	if err != nil {
		return nil, err
	}
	if change {
		if err := e.SetFaults(faults); err != nil {
			return nil, err
		}
	}
	on := []string{}
	for _, f := range e.Faults() {
		on = append(on, f.String())
	}
	return on, nil
}

var faultColumns = []output.Column{{Name: "fault", Keep: true}}

func faultsResult(on []string) output.Result {
	type view struct {
		Fault string `json:"fault"`
	}
	views := []view{}
	r := output.Result{Table: &output.Table{Columns: faultColumns, Empty: "no faults are on"}}
	for _, spec := range on {
		views = append(views, view{spec})
		r.Quiet = append(r.Quiet, spec)
		r.Table.Rows = append(r.Table.Rows, []string{spec})
	}
	r.Data = views
	return r
}
