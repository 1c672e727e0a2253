package callback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ApplyOptions controls how a plan is carried out.
type ApplyOptions struct {
	Settling
	// Parallel is how many changes run at a time; 1 if it is less.
	Parallel int
	// OnEnd, if not nil, is called once for each change as it ends, by one
	// goroutine at a time. If the outcome is unknown at that moment, it is settled
	// at the end.
	OnEnd func(Outcome)
}

// Outcome is the result of one change. Err is nil if the change was made.
type Outcome struct {
	Change  Change
	Receipt Receipt
	Err     error
}

// Unknown reports whether the change has an error but may have been made.
func (o Outcome) Unknown() bool { return outcomeUnknown(o.Err) }

// Untried reports whether the change was not begun, because the context had ended.
func (o Outcome) Untried() bool {
	var untried *untriedError
	return errors.As(o.Err, &untried)
}

// Applied is the result of a plan.
type Applied struct {
	Done   []Outcome
	Failed []Outcome
	// Differs holds the targets that differ from the plan when the account is read
	// at the end, without the changes that failed.
	Differs []Target
}

// ChangedError reports that an account has changed since a plan was made from it.
type ChangedError struct{ Targets []Target }

func (e *ChangedError) Error() string {
	more := ""
	if len(e.Targets) > 1 {
		more = fmt.Sprintf(" and %d more", len(e.Targets)-1)
	}
	return fmt.Sprintf("the callback of %s%s changed since the plan was made", e.Targets[0], more)
}

// Apply carries out a plan. It reads the account first. If the account has changed
// since the plan was made, Apply fails with a [ChangedError] and writes nothing.
//
// A change that fails does not stop the other changes, except a deletion that
// would then leave a sender without a callback. When ctx ends, calls in flight are
// finished and no new calls begin.
//
// At the end Apply reads the account again. That settles changes whose outcome is
// unknown, and shows whether the account matches the plan. Each change is either
// in Done or in Failed.
func Apply(ctx context.Context, store Store, plan Plan, o ApplyOptions) (Applied, error) {
	snapshot, err := store.Load(ctx, PartCallbacks)
	if err != nil {
		return Applied{}, err
	}
	if changed := plan.Before.differences(snapshot.Callbacks); len(changed) > 0 {
		return Applied{}, &ChangedError{Targets: changed}
	}
	if len(plan.Changes) == 0 {
		return Applied{}, nil
	}
	run := &application{store: store, after: plan.After(), now: plan.Before, options: o}
	for changes := plan.Changes; len(changes) > 0; {
		n := 1
		for n < len(changes) && changes[n].Phase() == changes[0].Phase() {
			n++
		}
		run.phase(ctx, changes[:n])
		changes = changes[n:]
	}
	differs, err := run.verify(ctx)
	applied := Applied{Done: run.done, Failed: run.failed, Differs: differs}
	if err != nil {
		return applied, fmt.Errorf("cannot verify the changes: %w", err)
	}
	return applied, nil
}

type application struct {
	store   Store
	after   Set
	options ApplyOptions

	// now is what the account holds, as far as is known. asked reports whether it
	// was read since a change failed. Both change only between phases.
	now   Set
	asked bool

	mu     sync.Mutex
	done   []Outcome
	failed []Outcome
}

// phase makes changes that do not depend on each other, several at a time.
func (a *application) phase(ctx context.Context, changes []Change) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	heldBack := func(Change) error { return nil }
	if changes[0].Action == ActionDelete && ctx.Err() == nil {
		a.lookAgain(inFlight)
		heldBack = a.heldBack()
	}
	queue := make(chan Change)
	var workers sync.WaitGroup
	for range min(max(1, a.options.Parallel), len(changes)) {
		workers.Go(func() {
			for c := range queue {
				a.end(a.try(ctx, inFlight, c, heldBack))
			}
		})
	}
	for _, c := range changes {
		queue <- c
	}
	close(queue)
	workers.Wait()
	a.now = Plan{Before: a.now, Changes: a.made(changes)}.After()
}

// outlive returns a context for calls in flight. It ends Grace after ctx ends, and
// [context.Cause] returns the same reason.
func (a *application) outlive(ctx context.Context) (context.Context, func()) {
	inFlight, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(a.options.Grace, func() { cancel(context.Cause(ctx)) })
	})
	return inFlight, func() { stop(); cancel(nil) }
}

func (a *application) try(ctx, inFlight context.Context, c Change, heldBack func(Change) error) Outcome {
	outcome := Outcome{Change: c}
	if ctx.Err() != nil {
		outcome.Err = &untriedError{context.Cause(ctx)}
	} else if outcome.Err = heldBack(c); outcome.Err == nil {
		outcome.Receipt, outcome.Err = a.store.Make(inFlight, c)
	}
	return outcome
}

func (a *application) end(outcome Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if outcome.Err == nil {
		a.done = append(a.done, outcome)
	} else {
		a.failed = append(a.failed, outcome)
	}
	if a.options.OnEnd != nil {
		a.options.OnEnd(outcome)
	}
}

// made returns the changes that did not fail.
func (a *application) made(changes []Change) []Change {
	failed := make(map[Target]bool, len(a.failed))
	for _, o := range a.failed {
		failed[o.Change.Target] = true
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return failed[c.Target] })
}

// verify reads the account, settles unknown outcomes, and returns the targets that
// differ from the plan. It reads even after an interrupt, for at most Grace,
// because the report must be true.
func (a *application) verify(ctx context.Context) ([]Target, error) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	found, unread := a.options.read(inFlight, a.store, PartCallbacks, func(set Set) bool {
		return slices.ContainsFunc(a.failed, func(o Outcome) bool {
			return o.Unknown() && o.Change.Judge(set.URL(o.Change.Target)) == VerdictNotMade
		})
	})
	failed := map[Target]bool{}
	var notMade []Outcome
	for _, o := range a.failed {
		if o.Unknown() {
			o.Receipt, o.Err = settle(o, found, unread)
		}
		if o.Err == nil {
			a.done = append(a.done, o)
			continue
		}
		failed[o.Change.Target] = true
		notMade = append(notMade, o)
	}
	a.failed = notMade
	if unread != nil {
		return nil, unread
	}
	return slices.DeleteFunc(a.after.differences(found), func(t Target) bool { return failed[t] }), nil
}
