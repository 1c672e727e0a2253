package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type deleteOptions struct {
	target         targetFlags
	yes            bool
	force          bool
	ignoreNotFound bool
	blind          bool
}

func newDeleteCommand(a *app) *cobra.Command {
	var o deleteOptions
	cmd := &cobra.Command{
		Use:   "delete TARGET...",
		Short: "Delete the callbacks of the account or of senders",
		Long: `Delete the callbacks of one or more targets: the word account, or sender
addresses. The command first shows which senders will lose their events or have
them sent elsewhere, and asks for confirmation. In scripts, use --yes.

If a target has no callback, nothing is deleted. With --ignore-not-found, the
other callbacks are deleted. The JSON is an object for one target, and an array
for several.`,
		Example: `  sesctl callback delete news@mail.example.com

  # In a script: do not ask, and do not fail if there is no callback
  sesctl callback delete account --yes --ignore-not-found`,
		ValidArgsFunction: a.completeTarget,
		RunE:              a.run(func(ctx context.Context, args []string) error { return runDelete(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask for confirmation")
	cmd.Flags().BoolVar(&o.force, "force", false, "allow the deletion of more than 30 % of 10 or more callbacks, or the loss of events for as many senders")
	cmd.Flags().BoolVar(&o.ignoreNotFound, "ignore-not-found", false, "succeed if there is no callback")
	addBlind(cmd, &o.blind)
	return cmd
}

func runDelete(ctx context.Context, a *app, o deleteOptions, args []string) error {
	targets, err := o.target.some(args)
	if err != nil {
		return err
	}
	if err := a.mayAsk(o.yes, "a deletion"); err != nil {
		return err
	}
	if err := a.announce(a.account); err != nil {
		return err
	}
	blind, err := a.isBlind(o.blind)
	if err != nil {
		return err
	}
	if blind {
		return o.deleteBlind(ctx, a, targets)
	}
	store, snapshot, err := a.account.Read(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	found, missing := findCallbacks(snapshot.Callbacks, targets)
	if len(missing) > 0 && !o.ignoreNotFound {
		return o.notFound(missing, len(targets))
	}
	if err := a.account.ReadyToRecord(ctx); err != nil {
		return err
	}
	planned := planFor(snapshot, snapshot.Callbacks.Without(targets...))
	if len(found) > 0 {
		a.showEffects(planned.effects)
	}
	if err := o.guard(planned); err != nil {
		return err
	}
	if !o.yes && len(found) > 0 {
		if ctx, err = a.confirm(ctx, a.deleteQuestion(found, len(planned.silenced()))); err != nil {
			return err
		}
	}
	return o.carryOut(ctx, a, store, planned.plan, targets)
}

// carryOut makes the deletions one after the other. It prints the result for each
// target, even if one fails.
func (o deleteOptions) carryOut(ctx context.Context, a *app, store callback.Store, plan callback.Plan, targets []callback.Target) error {
	done := deletions{several: len(targets) > 1}
	for _, t := range targets {
		if plan.Before.URL(t).IsZero() {
			done.add(a, callback.Callback{Target: t}, "unchanged")
		}
	}
	var failed error
	for _, change := range plan.Changes {
		receipt, err := a.make(ctx, store, change)
		if failed = err; failed != nil {
			break
		}
		a.notes(a.account, receipt)
		done.add(a, callback.Callback{Target: change.Target, URL: change.Old}, "deleted")
	}
	if len(done.data) > 0 {
		if err := a.print(done.result()); err != nil {
			return err
		}
	}
	return failed
}

func (o deleteOptions) notFound(missing []callback.Target, targets int) error {
	what := fmt.Sprintf("%s has no callback", missing[0])
	if len(missing) > 1 {
		what = "no callback of " + firstTargets(missing, mostListed, targetName)
	}
	if targets > 1 {
		what += "; nothing was changed"
	}
	return failure.New(failure.NotFound, "%s", what).WithHint("with --ignore-not-found, a missing callback is not an error")
}

// deleteQuestion returns the question that asks for confirmation. It names the
// callbacks, the place, and how many senders lose their events.
func (a *app) deleteQuestion(found []callback.Callback, silenced int) string {
	what := count(len(found), "callback")
	if len(found) == 1 {
		what = fmt.Sprintf("%s (%s)", callbackOf(found[0].Target), a.url(found[0].URL))
	}
	return fmt.Sprintf("Delete %s on %s?%s", what, placeName(a.account), losing(silenced))
}

// guard refuses to delete many callbacks, or to stop the events of many senders,
// without --force.
func (o deleteOptions) guard(p planned) error {
	guarded := p.guarded()
	if o.force || guarded == "" {
		return nil
	}
	return failure.New(failure.Usage, "this would %s; nothing was changed", guarded).WithHint("--force allows it")
}

// showEffects shows how the effective callbacks of senders change. With -o json it
// prints warnings instead, because other lines are not for programs.
func (a *app) showEffects(effects []callback.Effect) {
	show := a.warn
	if a.informs() {
		show = a.inform
	}
	for _, e := range effects {
		switch {
		case e.Silenced():
			show("%s: will lose its events (was %s)", e.Sender, a.url(e.From))
		case e.From.IsZero():
			show("%s: its events will go to %s (was none)", e.Sender, a.url(e.To))
		default:
			show("%s: its events will go to %s (was %s)", e.Sender, a.url(e.To), a.url(e.From))
		}
	}
	if len(effects) == 0 {
		a.inform("no sender will lose its events")
	}
}

// deletions holds the results of a deletion for each target.
type deletions struct {
	several bool
	data    []output.Joined
	quiet   []string
	text    []string
}

func (d *deletions) add(a *app, c callback.Callback, action string) {
	line := fmt.Sprintf("deleted %s: %s", callbackOf(c.Target), a.url(c.URL))
	if c.URL.IsZero() {
		line = fmt.Sprintf("%s has no callback; nothing was changed", c.Target)
	}
	d.data = append(d.data, output.Joined{c, map[string]string{"action": action}})
	d.quiet, d.text = append(d.quiet, action), append(d.text, line)
}

func (d *deletions) result() output.Result {
	return output.Result{Data: oneOrAll(d.data, d.several), Quiet: d.quiet, Text: d.text}
}
