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
		Short: "Show the faults of the emulator, or change them",
		Long: `Without a SPEC, show the faults that are on. With SPECs, turn these on and all
others off; with --off, turn all off. With --endpoint, of an emulator that is
served; otherwise of the local state, whose next commands then meet them.

A SPEC is NAME[=VALUE][,action=NAME][,share=SHARE]; a SHARE is a number up to 1,
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
