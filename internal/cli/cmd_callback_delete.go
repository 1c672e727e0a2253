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
		Use:   "delete (--account | --sender ADDRESS)",
		Short: "Delete the callback of the account or of a sender",
		Long: `Delete the callback of the account or of one sender address. It first says which
senders' events go elsewhere then, or nowhere, and asks. Scripts give --yes.`,
		Example: `  sesctl callback delete --sender news@mail.example.com

  # In a script: do not ask, and do not fail if there is no callback
  sesctl callback delete --account --yes --ignore-not-found`,
		Args: noArgs,
		RunE: a.run(func(ctx context.Context, _ []string) error { return runDelete(ctx, a, o) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.force, "force", false, "also if more than 30 % of 10 or more senders lose their events")
	cmd.Flags().BoolVar(&o.ignoreNotFound, "ignore-not-found", false, "succeed where there is no callback")
	addBlind(cmd, &o.blind)
	return cmd
}

func runDelete(ctx context.Context, a *app, o deleteOptions) error {
	target, err := o.target.target()
	if err != nil {
		return err
	}
	if err := a.mayAsk(o.yes, "deleting "+possessive(target)); err != nil {
		return err
	}
	blind, err := a.isBlind(o.blind)
	if err != nil {
		return err
	}
	if blind {
		return o.deleteBlind(ctx, a, target)
	}
	store, snapshot, err := a.read(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	gone := callback.Callback{Target: target, URL: snapshot.Callbacks.URL(target)}
	if gone.URL.IsZero() {
		return o.notFound(a, target)
	}
	if err := a.readyToRecord(ctx); err != nil {
		return err
	}
	planned := planFor(snapshot, snapshot.Callbacks.Without(target))
	plan := planned.plan
	a.tellEffects(planned.effects)
	silenced := len(planned.silenced())
	if callback.SilencesMany(silenced, planned.receiving) && !o.force {
		return failure.New(failure.Usage, "this would silence %d of the %d senders with a callback; nothing was changed", silenced, planned.receiving).
			WithHint("--force does it")
	}
	if !o.yes {
		question := fmt.Sprintf("Delete %s, %s, on %s?", possessive(target), a.url(gone.URL), a.placeName())
		if silenced > 0 {
			question += " " + losing(silenced)
		}
		if ctx, err = a.confirm(ctx, question); err != nil {
			return err
		}
	}
	receipt, err := callback.Make(ctx, store, plan.Changes[0], settling())
	if err != nil {
		return err
	}
	a.notes(receipt)
	return a.print(deleteResult(a, gone, "deleted"))
}

func (o deleteOptions) notFound(a *app, target callback.Target) error {
	if !o.ignoreNotFound {
		return failure.New(failure.NotFound, "%s has no callback", target).
			WithHint("--ignore-not-found makes that a success")
	}
	return a.print(deleteResult(a, callback.Callback{Target: target}, "unchanged"))
}

// tellEffects says what becomes of the senders whose events go elsewhere.
// Whoever runs it for a program is warned of it too.
func (a *app) tellEffects(effects []callback.Effect) {
	tell := a.warn
	if a.tells() {
		tell = a.tell
	}
	for _, e := range effects {
		switch {
		case e.Silenced():
			tell("%s: its events go nowhere then (now %s)", e.Sender, a.url(e.From))
		case e.From.IsZero():
			tell("%s: its events go to %s then (now nowhere)", e.Sender, a.url(e.To))
		default:
			tell("%s: its events go to %s then (now %s)", e.Sender, a.url(e.To), a.url(e.From))
		}
	}
	if len(effects) == 0 {
		a.tell("no sender's events go elsewhere by that")
	}
}

func deleteResult(a *app, c callback.Callback, action string) output.Result {
	line := fmt.Sprintf("%s: deleted: %s", possessive(c.Target), a.url(c.URL))
	if c.URL.IsZero() {
		line = fmt.Sprintf("%s: there is none", possessive(c.Target))
	}
	return output.Result{Data: output.Joined{c, map[string]string{"action": action}}, Quiet: []string{action}, Text: []string{line}}
}
