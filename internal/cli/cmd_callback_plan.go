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
		Short: "Show what apply would change, and which senders would lose their events",
		Long: `Compare a declaration with the account. The plan shows what 'sesctl callback
apply' would change, and where the events of each sender would go then. Senders
that would lose their events come first. Nothing is changed.

The checksum covers the plan and the current state of the account, so that
'apply --expect CHECKSUM' applies only what was reviewed.

Callbacks that the declaration does not name are listed. With --unmanaged fail
they count as a difference for --exit-code. With --unmanaged keep they are not
listed. A large group of senders is counted; -o wide names every sender.

With several profiles, given by --profile or by the declaration, there is a plan
for each and one checksum for all. The exit status is the worst. A report
contains the problems of the declaration, the pending changes, and the senders
that would lose their events. With --exit-code, changes and such senders are
failures.`,
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
	cmd.Flags().StringVar(&o.out, "out", "", "write the plan to `FILE`, for 'sesctl callback apply FILE'; it contains whole URLs")
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

// only refuses to write the plans of several profiles: the file of a plan is for
// one account.
func (o planOptions) only(accounts []*account.Account) error {
	for _, file := range o.declaration.files {
		if o.out != "" && files.Same(file, o.out) {
			return failure.New(failure.Usage, "--out %s is the declaration, and the plan would replace it", o.out).WithHint("name another file")
		}
	}
	if o.out == "" {
		return nil
	}
	if len(accounts) == 1 {
		return planfile.CheckPath(o.out)
	}
	return failure.New(failure.Usage, "--out writes the plan of one profile, but there are %d", len(accounts)).
		WithHint("use --expect CHECKSUM with apply, or name one profile")
}

// applyCommand returns the words of the command that applies a plan.
func applyCommand(a *app, d declarationFlags, declared []string) []string {
	words := []string{"sesctl", "callback", "apply"}
	for _, name := range a.flags.profiles {
		if len(declared) == 0 || len(a.flags.profiles) < len(declared) {
			words = append(words, "--profile", name)
		}
	}
	for _, file := range d.files {
		words = append(words, "-f", file)
	}
	if d.unmanaged != "" {
		words = append(words, "--unmanaged", d.unmanaged)
	}
	if d.prune {
		words = append(words, "--prune")
	}
	return words
}
