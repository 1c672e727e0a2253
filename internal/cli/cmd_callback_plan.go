package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/planfile"
	"github.com/sesctl/sesctl/internal/report"
)

type planOptions struct {
	declaration declarationFlags
	report      reportFlags
	out         string
	exitCode    bool
}

func newPlanCommand(a *app) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan -f FILE",
		Short: "Show what apply would do, and which senders would fall silent",
		Long: `Compare a declaration with the account, and show what 'sesctl callback apply'
would change, and where the events of each sender would go then. Senders that
fall silent stand first. Nothing is changed.

The checksum stands for the plan and for the state of the account that it was
made from: 'apply --expect CHECKSUM' does only what was reviewed.

Callbacks that the declaration does not name are listed. With --unmanaged fail
they count for --exit-code; with --unmanaged keep they are left out.

With several profiles, given by --profile or by the declaration, there is a plan
for each, one checksum for all, and the exit status is the worst. A report holds
the problems of the declaration, the changes that are pending and the senders
that fall silent; with --exit-code the latter two are failures in it.`,
		Example: `  sesctl callback export > callbacks.yaml
  sesctl callback plan -f callbacks.yaml

  # Drift: exit status 3 if the account differs from the declaration
  sesctl callback plan -f callbacks.yaml --prune --unmanaged fail --exit-code

  # For a pull request: a comment, and a report that CI shows
  sesctl callback plan -f callbacks.yaml -o markdown --report junit=plan.xml > plan.md`,
		Args:        noArgs,
		Annotations: map[string]string{allowsMarkdown: "yes", allowsProfiles: "yes"},
		RunE:        a.run(func(ctx context.Context, _ []string) error { return runPlan(ctx, a, o) }),
	}
	o.declaration.add(cmd)
	o.report.add(cmd)
	cmd.Flags().StringVar(&o.out, "out", "", "keep the plan in `FILE`, for 'sesctl callback apply FILE'; it holds whole URLs")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with status 3 if there are changes")
	return cmd
}

func runPlan(ctx context.Context, a *app, o planOptions) error {
	reports, err := o.report.parse(append(o.declaration.files, o.out)...)
	if err != nil {
		return err
	}
	declaration, places, err := o.declaration.plans(ctx, a, o.only)
	failed := err
	if failed == nil {
		failed = a.verdict(places)
	}
	reportErr := a.writeReports(reports, func() []report.Suite { return a.planReport(o, declaration, places, err) })
	if failed == nil && o.out != "" {
		failed = o.keep(places[0])
	}
	for _, p := range places {
		a.warnGuarded(p.at, p.planned)
	}
	if err == nil && (failed == nil || len(places) > 1) {
		if err := a.print(plansResult(a, places, applyCommand(a, o.declaration, declaration.Profiles))); err != nil {
			return err
		}
	}
	switch {
	case failed != nil:
		return failed
	case reportErr != nil:
		return reportErr
	case o.exitCode:
		return pending(places)
	}
	return nil
}

// keep writes the plan into a file.
func (o planOptions) keep(p *place) error {
	identity, err := p.at.PlanIdentity()
	if err != nil {
		return err
	}
	return planfile.Write(o.out, p.planned.plan, identity)
}

// only refuses to keep the plans of several profiles: the file of a plan is for
// one account.
func (o planOptions) only(accounts []*account.Account) error {
	for _, file := range o.declaration.files {
		if o.out != "" && files.Same(file, o.out) {
			return failure.New(failure.Usage, "--out %s is the declaration; the plan would replace it", o.out).WithHint("name another file")
		}
	}
	if o.out == "" {
		return nil
	}
	if len(accounts) == 1 {
		return planfile.CheckPath(o.out)
	}
	return failure.New(failure.Usage, "--out keeps the plan of one profile, and this is for %d", len(accounts)).
		WithHint("use --expect CHECKSUM with apply, or name one profile")
}
