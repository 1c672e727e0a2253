package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// addBlind adds the flag --blind, for commands that can write without reading first.
func addBlind(cmd *cobra.Command, blind *bool) {
	cmd.Flags().BoolVar(blind, "blind", false, "write without reading the account first, when the API names of its reads are not known; nothing is compared")
}

// isBlind reports whether a command writes without reading first. The flag or the
// profile decides.
func (a *app) isBlind(flag bool) (bool, error) {
	if flag {
		return true, nil
	}
	settings, err := a.account.Settings()
	return settings.Blind, err
}

// writtenView is the result of a blind change.
type writtenView struct {
	Action string `json:"action"`
	DryRun bool   `json:"dry_run,omitempty"`
}

// setBlind sets a callback without reading the current one.
func (o setOptions) setBlind(ctx context.Context, a *app, want callback.Callback) error {
	if o.expectGiven {
		return failure.New(failure.Usage, "--expect and --blind cannot be used together: --expect compares with the current callback").
			WithHint("--replace replaces any current callback")
	}
	if o.verify {
		if err := a.verify(ctx, a.account, o.dryRun, want.URL); err != nil {
			return err
		}
	}
	if !o.dryRun {
		if err := a.makeBlind(ctx, callback.NewBlindChange(want.Target, want.URL, o.replace)); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("wrote %s: %s (the previous callback was not read)", callbackOf(want.Target), a.url(want.URL))
	if o.dryRun {
		line = fmt.Sprintf("would write %s: %s, without reading the current callback", callbackOf(want.Target), a.url(want.URL))
	}
	return a.print(output.Result{Data: output.Joined{want, writtenView{"written", o.dryRun}}, Quiet: []string{"written"}, Text: []string{line}})
}

// deleteBlind deletes callbacks without reading whether they exist, or which senders use
// them.
func (o deleteOptions) deleteBlind(ctx context.Context, a *app, targets []callback.Target) error {
	if err := a.account.ReadyToRecord(ctx); err != nil {
		return err
	}
	a.warn("with --blind, sesctl does not know which senders will lose their events")
	if !o.yes {
		what := count(len(targets), "callback")
		if len(targets) == 1 {
			what = callbackOf(targets[0])
		}
		var err error
		if ctx, err = a.confirm(ctx, fmt.Sprintf("Delete %s on %s?", what, placeName(a.account))); err != nil {
			return err
		}
	}
	done := deletions{several: len(targets) > 1}
	var failed error
	for _, t := range targets {
		err := a.makeBlind(ctx, callback.NewBlindChange(t, callback.URL{}, false))
		switch {
		case err != nil && failure.KindOf(err) == failure.NotFound && o.ignoreNotFound:
			done.add(a, callback.Callback{Target: t}, "unchanged")
			continue
		case err != nil && failure.KindOf(err) == failure.NotFound:
			failed = o.notFound([]callback.Target{t}, 1)
		default:
			failed = err
		}
		if failed != nil {
			break
		}
		done.data = append(done.data, output.Joined{callback.Callback{Target: t}, writtenView{Action: "written"}})
		done.quiet, done.text = append(done.quiet, "written"), append(done.text, fmt.Sprintf("deleted %s, if there was one", callbackOf(t)))
	}
	if len(done.data) > 0 {
		if err := a.print(done.result()); err != nil {
			return err
		}
	}
	return failed
}

// makeBlind makes one change without reading first. The journal records it like any
// other change.
func (a *app) makeBlind(ctx context.Context, c callback.Change) error {
	store, err := a.account.Store(ctx)
	if err != nil {
		return err
	}
	receipt, err := a.make(ctx, store, c)
	a.notes(a.account, receipt)
	return err
}

// applyBlind writes every callback that a declaration names, without reading the
// account. It cannot compare, so it writes all of them.
func (o applyOptions) applyBlind(ctx context.Context, a *app, args []string) error {
	switch {
	case len(args) > 0:
		return failure.New(failure.Usage, "a plan and --blind cannot be used together: a plan depends on what was read").WithHint("name the declaration with -f")
	case o.declaration.prune:
		return failure.New(failure.Usage, "--prune and --blind cannot be used together: --prune reads the account to find callbacks that are not declared")
	case o.expect != "":
		return failure.New(failure.Usage, "--expect and --blind cannot be used together: the checksum covers what was read")
	}
	declaration, err := await(ctx, func() (manifest.Declaration, error) { return o.declaration.read(a) })
	if err != nil {
		return err
	}
	if len(declaration.Profiles) > 1 || len(a.flags.profiles) > 1 {
		return failure.New(failure.Usage, "--blind works for one profile only").WithHint("run the command once for each profile")
	}
	if err := a.announce(a.account); err != nil {
		return err
	}
	p := &place{at: a.account}
	if _, err := a.checkDeclaration(p.at, declaration); err != nil {
		return err
	}
	if err := a.account.ReadyToRecord(ctx); err != nil {
		return err
	}
	changes := declaration.Blind()
	for _, c := range changes {
		a.inform("%s", a.changeLine(c).Paint(a.color(a.env.StderrTerminal)))
	}
	if !o.carry.yes && len(changes) > 0 {
		a.warn("with --blind, sesctl does not know the current callbacks, or which senders will lose their events")
		if ctx, err = a.confirm(ctx, fmt.Sprintf("Write %s on %s?", plural(len(changes), "callback", "callbacks"), placeName(a.account))); err != nil {
			return err
		}
	}
	for _, c := range changes {
		outcome := callback.Outcome{Change: c, Err: ctx.Err()}
		if outcome.Err == nil {
			outcome.Err = ignoreGone(c, a.makeBlind(ctx, c))
		}
		if outcome.Err != nil {
			p.applied.Failed = append(p.applied.Failed, outcome)
		} else {
			p.applied.Done = append(p.applied.Done, outcome)
		}
		a.inform("%s", a.outcomeLine(outcome))
	}
	p.planned.plan.Changes, p.tried = changes, true
	if err := a.print(a.appliedResult([]*place{p})); err != nil {
		return err
	}
	return applyVerdict(ctx, p.applied, nil, o.carry.again)
}

// ignoreGone returns nil if a deletion failed because there was no callback, and err
// otherwise.
func ignoreGone(c callback.Change, err error) error {
	if err != nil && c.Action == callback.ActionDelete && failure.KindOf(err) == failure.NotFound {
		return nil
	}
	return err
}
