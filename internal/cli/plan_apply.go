package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// carryOut shows the plans, asks, carries them out one after the other, and reports
// the result.
func (a *app) carryOut(ctx context.Context, places []*place, o carryOptions) error {
	if slices.ContainsFunc(places, func(p *place) bool { return len(p.planned.plan.Changes) > 0 }) {
		if err := places[0].at.ReadyToRecord(ctx); err != nil {
			return err
		}
	}
	for _, line := range a.planLines(places) {
		a.inform("%s", line.Paint(a.color(a.env.StderrTerminal)))
	}
	changes, silenced := 0, 0
	for _, p := range places {
		changes += len(p.planned.plan.Changes)
		silenced += len(p.planned.silenced())
		if guarded := p.planned.guarded(); guarded != "" && !o.force {
			return failure.New(failure.Usage, "%sthe plan would %s; nothing was changed", a.label(p.at), guarded).WithHint("--force allows it")
		}
	}
	if changes == 0 {
		return a.print(a.appliedResult(places))
	}
	if o.verify {
		for _, p := range places {
			if err := a.verify(ctx, p.at, false, p.newURLs()...); err != nil {
				return err
			}
		}
	}
	if !o.yes {
		var err error
		if ctx, err = a.confirm(ctx, applyQuestion(places, changes, silenced)); err != nil {
			return err
		}
	}
	tried := false
	for _, p := range places {
		if a.several() && len(p.planned.plan.Changes) > 0 {
			a.inform("Profile %s:", p.at.Profile())
		}
		p.err = a.carryOutAt(ctx, p, o)
		tried = tried || p.tried
	}
	if tried {
		if err := a.print(a.appliedResult(places)); err != nil {
			return err
		}
	}
	return a.verdict(places)
}

// applyQuestion names the place, the number of changes, and how many senders lose
// their events.
func applyQuestion(places []*place, changes, silenced int) string {
	return fmt.Sprintf("Apply %s on %s?%s", count(changes, "change"), placeNames(places), losing(silenced))
}

// losing is the part of a question about senders that lose their events. It is "" if
// there are none.
func losing(silenced int) string {
	if silenced == 0 {
		return ""
	}
	return " " + plural(silenced, "sender will lose its events.", "senders will lose their events.")
}

// newURLs returns the URLs that the plan writes, each once.
func (p *place) newURLs() []callback.URL {
	var urls []callback.URL
	for _, c := range p.planned.plan.Changes {
		if !c.New.IsZero() {
			urls = append(urls, c.New)
		}
	}
	slices.SortFunc(urls, func(x, y callback.URL) int { return strings.Compare(x.Whole(), y.Whole()) })
	return slices.Compact(urls)
}

// carryOutAt carries out the plan of one place.
func (a *app) carryOutAt(ctx context.Context, p *place, o carryOptions) error {
	if len(p.planned.plan.Changes) == 0 {
		return nil
	}
	store, err := p.at.Store(ctx)
	if err != nil {
		return err
	}
	defer a.showWaiting(ctx, "the changes in flight")()
	progress := a.progress("applying", len(p.planned.plan.Changes))
	p.applied, err = callback.Apply(ctx, store, p.planned.plan, callback.ApplyOptions{
		Parallel: o.parallel, Settling: settling(),
		OnEnd: func(outcome callback.Outcome) {
			if !outcome.Untried() {
				progress.step(a.outcomeLine(outcome), outcome.Err != nil)
			}
		},
	})
	progress.end()
	a.reportUntried(p)
	if a.several() {
		err = errors.Join(err, p.at.Release())
	}
	var changed *callback.ChangedError
	if errors.As(err, &changed) {
		return changedSince(changed)
	}
	if err != nil && len(p.applied.Done)+len(p.applied.Failed) == 0 {
		return err
	}
	p.tried = true
	for _, done := range p.applied.Done {
		a.notes(p.at, done.Receipt)
	}
	return applyVerdict(ctx, p.applied, err, o.again)
}

func changedSince(err error) error {
	return failure.New(failure.Conflict, "%w; nothing was changed", err).WithHint("make the plan again and review it")
}

func applyVerdict(ctx context.Context, applied callback.Applied, err error, again string) error {
	kind := failure.Failure
	if errors.Is(ctx.Err(), context.Canceled) {
		kind = failure.Interrupted
	}
	switch {
	case len(applied.Failed) > 0:
		e := failure.New(kind, "%s not made", plural(len(applied.Failed), "change was", "changes were"))
		if len(applied.Differs) > 0 {
			e.Err = fmt.Errorf("%w; in addition, %s", e.Err, differsText(applied.Differs))
		}
		if err != nil {
			e.Err = fmt.Errorf("%w; %w", e.Err, err)
		}
		return e.WithHint("%s", again)
	case len(applied.Differs) > 0:
		return failure.New(failure.Conflict, "%s", differsText(applied.Differs)).
			WithHint("somebody else is changing callbacks; make the plan again")
	case err != nil:
		return err
	case kind == failure.Interrupted:
		return failure.New(kind, "interrupted, after every change was made")
	}
	return nil
}

func differsText(targets []callback.Target) string {
	text := fmt.Sprintf("the account differs from what was applied: %s has another callback", targets[0])
	if more := len(targets) - 1; more > 0 {
		text += ", and " + plural(more, "other", "others")
	}
	return text
}
