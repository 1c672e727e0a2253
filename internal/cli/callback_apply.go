package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type applyOptions struct {
	declaration declarationFlags
	expect      string
	carry       carryOptions
}

// carryOptions say how a plan is carried out, by apply and by rollback.
type carryOptions struct {
	yes      bool
	force    bool
	parallel int
}

func (o *carryOptions) add(a *app, cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.force, "force", false, "delete more than 30 % of 10 or more callbacks")
	cmd.Flags().IntVar(&o.parallel, "parallel", 8, "`N` changes at a time")
	cmd.Flags().Float64Var(&a.flags.rate, "rate", 0, "`N` calls a second for each action; 0 is the quota of the service, 20, and no limit for an emulator")
}

func newApplyCommand(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply (-f FILE | PLAN)",
		Short: "Bring the account to what a declaration or a plan says",
		Long: `Carry out the plan that 'sesctl callback plan' shows, or one that was kept with
plan --out. The account is read again before anything is written; if it changed
since the plan was made, nothing is written and the exit status is 6.

A change that fails does not stop the others, except a deletion that would
leave a sender silent by that failure. Running apply again finishes the work.`,
		Example: `  sesctl callback export > callbacks.yaml
  sesctl callback apply -f callbacks.yaml --yes

  # Do exactly what was reviewed
  sesctl callback plan -f callbacks.yaml --out plan.json
  sesctl callback apply plan.json --yes`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runApply(ctx, a, o, args) }),
	}
	o.declaration.add(cmd)
	o.carry.add(a, cmd)
	cmd.Flags().StringVar(&o.expect, "expect", "", "do it only if the plan has this `CHECKSUM`")
	return cmd
}

func runApply(ctx context.Context, a *app, o applyOptions, args []string) error {
	switch files := len(o.declaration.files); {
	case len(args) == 1 && files > 0:
		return failure.New(failure.Usage, "a plan and -f exclude each other")
	case len(args) == 1 && o.declaration.prune:
		return failure.New(failure.Usage, "--prune goes with -f; a plan that was kept says already what it deletes")
	case len(args) == 0 && files == 0:
		return failure.New(failure.Usage, "nothing to apply").WithHint("name a declaration with -f FILE, or a plan that 'sesctl callback plan --out' kept")
	}
	if err := o.carry.check(a, "applying a plan"); err != nil {
		return err
	}
	p, store, err := o.plan(ctx, a, args)
	if err != nil {
		return err
	}
	if o.expect != "" && p.plan.Checksum() != o.expect {
		return failure.New(failure.Conflict, "the plan is another one than expected: its checksum is %s, not %s; nothing was changed", p.plan.Checksum(), callback.Quote(o.expect)).
			WithHint("the declaration or the account changed since it was reviewed; review the plan again")
	}
	return a.carryOut(ctx, store, p, o.carry)
}

func (o applyOptions) plan(ctx context.Context, a *app, args []string) (planned, callback.Store, error) {
	if len(args) == 1 {
		return o.keptPlan(ctx, a, args[0])
	}
	declaration, err := o.declaration.read(a)
	if err != nil {
		return planned{}, nil, err
	}
	store, err := a.store(ctx)
	if err != nil {
		return planned{}, nil, err
	}
	snapshot, err := store.Load(ctx, callback.PartAll)
	if err != nil {
		return planned{}, nil, err
	}
	return planFor(snapshot, declaration.Desired(snapshot.Callbacks, o.declaration.prune)), store, nil
}

func (o applyOptions) keptPlan(ctx context.Context, a *app, path string) (planned, callback.Store, error) {
	settings, err := a.where()
	if err != nil {
		return planned{}, nil, err
	}
	plan, err := readPlan(path, a.author(settings).Account)
	if err != nil {
		return planned{}, nil, err
	}
	store, err := a.store(ctx)
	if err != nil {
		return planned{}, nil, err
	}
	snapshot, err := store.Load(ctx, callback.PartSenders)
	if err != nil {
		return planned{}, nil, err
	}
	return planned{plan: plan, effects: plan.Effects(snapshot.SenderTargets())}, store, nil
}

func (o carryOptions) check(a *app, what string) error {
	if o.parallel < 1 {
		return failure.New(failure.Usage, "--parallel %d: it must be at least 1", o.parallel)
	}
	if a.flags.rate < 0 {
		return failure.New(failure.Usage, "--rate %g: it must not be less than zero", a.flags.rate)
	}
	return a.mayAsk(o.yes, what)
}

const interruptGrace = 10 * time.Second

// carryOut shows a plan, asks, does it, and tells what became of it.
func (a *app) carryOut(ctx context.Context, store callback.Store, p planned, o carryOptions) error {
	for _, line := range p.lines(a, a.color(a.env.StderrTerminal)) {
		a.tell("%s", line)
	}
	if len(p.plan.Changes) == 0 {
		return a.print(appliedResult(a, p.plan, callback.Applied{}))
	}
	if p.plan.DeletesMany() && !o.force {
		return failure.New(failure.Usage, "the plan deletes more than 30 %% of the %d callbacks; nothing was changed", p.plan.Before.Len()).
			WithHint("--force does it")
	}
	if !o.yes {
		if err := a.confirm(ctx, "Do this?"); err != nil {
			return err
		}
	}
	progress := a.progress("applying", len(p.plan.Changes))
	applied, err := callback.Apply(ctx, store, p.plan, callback.ApplyOptions{
		Parallel: o.parallel, Grace: interruptGrace,
		OnEnd: func(outcome callback.Outcome) { progress.step(a.outcomeLine(outcome), outcome.Err != nil) },
	})
	progress.end()
	var changed *callback.ChangedError
	if errors.As(err, &changed) {
		return failure.New(failure.Conflict, "%w; nothing was changed", err).WithHint("make the plan again and review it")
	}
	if err != nil && len(applied.Done)+len(applied.Failed) == 0 {
		return err
	}
	for _, done := range applied.Done {
		a.notes(done.Receipt)
	}
	if printErr := a.print(appliedResult(a, p.plan, applied)); printErr != nil {
		return printErr
	}
	return a.applyVerdict(ctx, applied, err)
}

func (a *app) applyVerdict(ctx context.Context, applied callback.Applied, err error) error {
	kind, again := failure.Failure, "run it again to finish"
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		kind = failure.Interrupted
	}
	switch {
	case len(applied.Failed) > 0:
		return failure.New(kind, "%s not made", plural(len(applied.Failed), "change was", "changes were")).WithHint("%s", again)
	case len(applied.Differs) > 0:
		return failure.New(failure.Conflict, "the account does not hold what was applied: %s has another callback", applied.Differs[0]).
			WithHint("somebody else is changing callbacks; make the plan again")
	case err != nil:
		return err
	case kind == failure.Interrupted:
		return failure.New(kind, "interrupted, after every change was made")
	}
	return nil
}

func (a *app) outcomeLine(o callback.Outcome) string {
	if o.Err != nil {
		return fmt.Sprintf("failed: %s: %v", a.changeLine(o.Change, false), o.Err)
	}
	return "done: " + a.changeLine(o.Change, false)
}

type failedView struct {
	changeView
	Error string `json:"error"`
}

type appliedView struct {
	Applied   []changeView `json:"applied"`
	Failed    []failedView `json:"failed"`
	Unchanged int          `json:"unchanged"`
}

func appliedResult(a *app, plan callback.Plan, applied callback.Applied) output.Result {
	v := appliedView{Applied: []changeView{}, Failed: []failedView{}}
	for _, o := range inOrder(plan, applied.Done) {
		v.Applied = append(v.Applied, viewChange(o.Change))
	}
	for _, o := range inOrder(plan, applied.Failed) {
		v.Failed = append(v.Failed, failedView{viewChange(o.Change), o.Err.Error()})
	}
	v.Unchanged = unchanged(plan)
	line := fmt.Sprintf("%d applied, %d failed, %d unchanged", len(v.Applied), len(v.Failed), v.Unchanged)
	return output.Result{Data: v, Quiet: []string{line}, Text: []string{line}}
}

// inOrder returns outcomes in the order of the plan; they came as they ended.
func inOrder(plan callback.Plan, outcomes []callback.Outcome) []callback.Outcome {
	place := make(map[callback.Target]int, len(plan.Changes))
	for i, c := range plan.Changes {
		place[c.Target] = i
	}
	return slices.SortedFunc(slices.Values(outcomes), func(x, y callback.Outcome) int {
		return cmp.Compare(place[x.Change.Target], place[y.Change.Target])
	})
}

// unchanged counts the callbacks that the plan leaves as they are.
func unchanged(plan callback.Plan) int {
	n := plan.Before.Len()
	for _, c := range plan.Changes {
		if c.Action != callback.ActionCreate {
			n--
		}
	}
	return n
}
