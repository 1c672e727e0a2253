package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

type planOptions struct {
	declaration declarationFlags
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
made from: 'apply --expect CHECKSUM' does only what was reviewed.`,
		Example: `  sesctl callback export > callbacks.yaml
  sesctl callback plan -f callbacks.yaml

  # Drift: exit status 3 if the account is not as declared
  sesctl callback plan -f callbacks.yaml --prune --exit-code`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{allowsMarkdown: "yes"},
		RunE:        a.run(func(ctx context.Context, _ []string) error { return runPlan(ctx, a, o) }),
	}
	o.declaration.add(cmd)
	cmd.Flags().StringVar(&o.out, "out", "", "keep the plan in `FILE`, for 'sesctl callback apply FILE'; it holds whole URLs")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with status 3 if there are changes")
	return cmd
}

func runPlan(ctx context.Context, a *app, o planOptions) error {
	declaration, err := o.declaration.read(a)
	if err != nil {
		return err
	}
	store, err := a.store(ctx)
	if err != nil {
		return err
	}
	snapshot, err := store.Load(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	p := planFor(snapshot, declaration.Desired(snapshot.Callbacks, o.declaration.prune))
	if o.out != "" {
		if err := writePlan(o.out, p.plan, a.author(*a.settings).Account); err != nil {
			return err
		}
	}
	if err := a.print(p.result(a)); err != nil {
		return err
	}
	if o.exitCode && len(p.plan.Changes) > 0 {
		return &failure.Error{Kind: failure.Finding, Err: failure.New(failure.Finding, "%s pending", count(len(p.plan.Changes), "change"))}
	}
	return nil
}
