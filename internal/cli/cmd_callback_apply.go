package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/planfile"
	"github.com/sesctl/sesctl/pkg/callback"
)

type applyOptions struct {
	declaration declarationFlags
	expect      string
	blind       bool
	carry       carryOptions
}

func newApplyCommand(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply (-f FILE | PLAN)",
		Short: "Change the account as a declaration or a plan requires",
		Long: `Carry out the plan that 'sesctl callback plan' shows, or a plan that 'plan --out'
kept. The account is read again before anything is written. If it changed after
the plan was made, nothing is written, and the exit status is 6. Changes that
the plan makes too do not count.

If a change fails, the others are still made. The only exception is a deletion
after which a sender would lose its events because of the failure. Run apply
again to finish the work.

With several profiles, given by --profile or by the declaration, all plans are
made and confirmed before the first one is carried out.`,
		Example: `  sesctl callback export > callbacks.yaml
  sesctl callback apply -f callbacks.yaml

  # Carry out exactly the plan that was reviewed
  sesctl callback plan -f callbacks.yaml --out plan.json
  sesctl callback apply plan.json --yes`,
		Args:        atMostOneArg,
		Annotations: map[string]string{allowsProfiles: "yes"},
		RunE:        a.runLong(func(ctx context.Context, args []string) error { return runApply(ctx, a, o, args) }),
	}
	o.declaration.add(cmd)
	o.carry.add(a, cmd)
	cmd.Flags().BoolVar(&o.carry.verify, "verify", false, "check first that the new URLs can receive events, as 'callback check' does")
	addBlind(cmd, &o.blind)
	cmd.Flags().StringVar(&o.expect, "expect", "", "apply the plan only if it has this `CHECKSUM`")
	return cmd
}

func runApply(ctx context.Context, a *app, o applyOptions, args []string) error {
	switch files := len(o.declaration.files); {
	case len(args) == 1 && files > 0:
		return failure.New(failure.Usage, "PLAN and -f cannot be used together")
	case len(args) == 1 && o.declaration.prune:
		return failure.New(failure.Usage, "PLAN and --prune cannot be used together: the plan already contains its deletions")
	case len(args) == 0 && files == 0:
		return failure.New(failure.Usage, "missing PLAN").WithHint("name a declaration with -f FILE, or a plan that 'sesctl callback plan --out' kept")
	}
	if err := o.carry.check(a, "applying a plan"); err != nil {
		return err
	}
	blind, err := a.isBlind(o.blind)
	if err != nil {
		return err
	}
	if blind {
		return o.applyBlind(ctx, a, args)
	}
	places, err := o.places(ctx, a, args)
	if err != nil {
		return err
	}
	if sum := checksum(places); o.expect != "" && sum != o.expect {
		return failure.New(failure.Conflict, "the plan is not the expected one: its checksum is %s, not %s; nothing was changed", sum, callback.Quote(o.expect)).
			WithHint("the declaration or the account changed after the review; review the plan again")
	}
	if o.expect != "" {
		o.carry.again = "make the plan again; the remaining changes have another checksum"
	}
	return a.carryOut(ctx, places, o.carry)
}

// places returns the places to change, each with its plan. If one has no plan,
// nothing is changed at any of them.
func (o applyOptions) places(ctx context.Context, a *app, args []string) ([]*place, error) {
	if len(args) == 1 {
		p, err := keptPlan(ctx, a, args[0])
		return []*place{{at: a.account, planned: p}}, err
	}
	_, places, err := o.declaration.plans(ctx, a, nil)
	if err == nil {
		err = a.verdict(places)
	}
	return places, err
}

func keptPlan(ctx context.Context, a *app, path string) (planned, error) {
	if len(a.flags.profiles) > 1 {
		return planned{}, failure.New(failure.Usage, "a plan in a file is for one profile, but --profile names %d", len(a.flags.profiles))
	}
	identity, err := a.account.PlanIdentity()
	if err != nil {
		return planned{}, err
	}
	if err := a.announce(a.account); err != nil {
		return planned{}, err
	}
	policy, err := a.account.Policy()
	if err != nil {
		return planned{}, err
	}
	plan, err := await(ctx, func() (callback.Plan, error) { return planfile.Read(path, identity, policy) })
	if err != nil {
		return planned{}, err
	}
	_, snapshot, err := a.account.Read(ctx, callback.PartAll)
	if err != nil {
		return planned{}, err
	}
	left, err := plan.Remaining(snapshot.Callbacks)
	if err != nil {
		return planned{}, changedSince(err)
	}
	p := viewPlan(left, snapshot)
	a.warnUnregistered(a.account, p)
	return p, nil
}
