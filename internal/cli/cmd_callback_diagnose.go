package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

type diagnoseOptions struct {
	target targetFlags
	events string
	noPost bool
}

func newDiagnoseCommand(a *app) *cobra.Command {
	var o diagnoseOptions
	cmd := &cobra.Command{
		Use:   "diagnose TARGET",
		Short: "Find out why the events of a sender arrive, or do not",
		Long: `Find out why the events of a sender address arrive, or do not. The steps: whether
the account has the address, which callback is effective and why, which rules it
breaks, whether it is borrowed, whether it can receive events (like 'sesctl
callback check'), the last change in the history, and the last event in a saved
file.

Nothing is changed. The exit status is 3 if a step fails.`,
		Example: `  # Exit status 3 if a step fails
  sesctl callback diagnose news@mail.example.com
  sesctl callback diagnose news@mail.example.com --events events.jsonl --no-post`,
		ValidArgsFunction: a.completeSenders,
		RunE:              a.run(func(ctx context.Context, args []string) error { return runDiagnose(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().StringVar(&o.events, "events", "", "look for the last event of the sender in `FILE`, as 'event listen --save' writes it; - is standard input")
	cmd.Flags().BoolVar(&o.noPost, "no-post", false, "send no sample event")
	_ = cmd.MarkFlagFilename("events", "jsonl", "json", "gz")
	return withColumns(cmd, diagnosisColumns)
}

func runDiagnose(ctx context.Context, a *app, o diagnoseOptions, args []string) error {
	target, err := o.target.target(args...)
	if err != nil {
		return err
	}
	var last *event.Event
	if o.events != "" {
		if last, err = a.lastEvent(ctx, o.events, target); err != nil {
			return err
		}
	}
	a.loansShown = true // they are a step
	_, snapshot, err := a.account.Read(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	d := &diagnosis{app: a, target: target}
	effective := d.resolve(snapshot)
	if err := d.lookAtRules(effective.URL); err != nil {
		return err
	}
	d.lookAtLoans(effective)
	if err := d.lookAtReceiver(ctx, effective.URL, o.noPost); err != nil {
		return err
	}
	if err := d.lookAtHistory(ctx, effective); err != nil {
		return err
	}
	d.lookAtEvents(o.events, last)
	if err := a.print(d.result()); err != nil {
		return err
	}
	return d.verdict()
}

var diagnosisColumns = []output.Column{{Name: "step", Keep: true}, {Name: "status", Paint: paintStatus, Keep: true}, {Name: "detail", Fit: output.Sentences, Keep: true}}

func (d *diagnosis) result() output.Result {
	r := output.Result{Data: d.steps, Table: &output.Table{Columns: diagnosisColumns}}
	for _, s := range d.steps {
		r.Table.Rows = append(r.Table.Rows, []string{s.Step, s.Status, s.Detail})
	}
	r.Quiet = []string{d.worst()}
	return r
}

func (d *diagnosis) verdict() error {
	var failed []string
	for _, s := range d.steps {
		if s.Status == statusFail && !slices.Contains(failed, s.Step) {
			failed = append(failed, s.Step)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return failure.New(failure.Finding, "%s may lose events: these steps failed: %s", targetName(d.target), strings.Join(failed, ", "))
}
