package callback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ApplyOptions says how a plan is carried out.
type ApplyOptions struct {
	// Parallel is how many changes run at a time; 1 where it is less.
	Parallel int
	// OnEnd, if not nil, is called once for each change as it ends, by one
	// goroutine at a time. What it is told is what was known then: an outcome
	// that was not known may turn out to be done at the end.
	OnEnd func(Outcome)
	// Grace is how long calls in flight may go on after an interrupt.
	Grace time.Duration
}

// Outcome is what became of one change. Err is nil where it was made.
type Outcome struct {
	Change  Change
	Receipt Receipt
	Err     error
}

// Applied is what became of a plan.
type Applied struct {
	Done   []Outcome
	Failed []Outcome
	// Differs names the targets that the account, read at the end, does not hold
	// as the plan wants them, beyond the changes that failed.
	Differs []Target
}

// ChangedError says that an account is no longer what a plan was made from.
type ChangedError struct{ Targets []Target }

func (e *ChangedError) Error() string {
	more := ""
	if len(e.Targets) > 1 {
		more = fmt.Sprintf(" and %d more", len(e.Targets)-1)
	}
	return fmt.Sprintf("the callback of %s%s changed since the plan was made", e.Targets[0], more)
}

// Apply carries a plan out. It reads the account first and fails with a
// [ChangedError], before anything is written, where the account is not what the
// plan was made from. A change that fails does not stop the others, except those
// that would silence a sender by its failure. When ctx ends, calls in flight are
// finished and no new ones begin. At the end the account is read again: it tells
// what became of changes whose outcome was not known, and whether the account
// holds what the plan wants. Each change is either in Done or in Failed.
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
		return applied, fmt.Errorf("the changes could not be verified: %w", err)
	}
	return applied, nil
}

type application struct {
	store   Store
	after   Set
	options ApplyOptions

	// now is what the account holds as far as is known, and asked whether it was
	// read since a change failed. Both change between phases only.
	now   Set
	asked bool

	mu      sync.Mutex
	done    []Outcome
	failed  []Outcome
	untried []Change // in this phase, some of them announced
}

// phase makes changes that do not depend on each other, some at a time.
func (a *application) phase(ctx context.Context, changes []Change) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	heldBack := func(Change) error { return nil }
	if changes[0].Action == ActionDelete && ctx.Err() == nil {
		a.lookAgain(inFlight)
		heldBack = a.heldBack()
	}
	parallel := min(max(1, a.options.Parallel), len(changes))
	queue := make(chan Change, 4*parallel)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for c := range queue {
				a.end(a.try(ctx, inFlight, c))
			}
		})
	}
	a.feed(changes, parallel, func(some []Change) {
		for _, c := range a.ready(ctx, inFlight, some, heldBack) {
			queue <- c
		}
	})
	close(queue)
	workers.Wait()
	a.withdraw()
	a.now = Plan{Before: a.now, Changes: a.made(changes)}.After()
}

// feed hands changes on, some at a time: few where they are made slowly, so that
// few are announced and not made if the process is killed.
func (a *application) feed(changes []Change, parallel int, hand func([]Change)) {
	const quickly = 20 * time.Millisecond
	for some := 2 * parallel; len(changes) > 0; {
		began, n := time.Now(), min(some, len(changes))
		hand(changes[:n])
		changes = changes[n:]
		if time.Since(began) < quickly {
			some = min(2*some, 16*parallel)
		} else {
			some = max(some/2, 2*parallel)
		}
	}
}

// ready announces changes and returns them, less those that are held back and
// have ended so.
func (a *application) ready(ctx, inFlight context.Context, changes []Change, heldBack func(Change) error) []Change {
	if ctx.Err() != nil {
		return changes // to be told that they are not tried
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c Change) bool {
		err := heldBack(c)
		if err != nil {
			a.end(Outcome{Change: c, Err: err})
		}
		return err != nil
	})
	if store, ok := a.store.(Announcer); ok && len(changes) > 0 {
		store.Announce(inFlight, changes)
	}
	return changes
}

// withdraw takes back what was announced and, after an interrupt, not tried.
func (a *application) withdraw() {
	if store, ok := a.store.(Announcer); ok && len(a.untried) > 0 {
		store.Withdraw(a.untried)
	}
	a.untried = nil
}

// outlive returns a context for calls in flight: it ends Grace after ctx does,
// for the same reason.
func (a *application) outlive(ctx context.Context) (context.Context, func()) {
	over, cancel := context.WithCancelCause(context.Background())
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(a.options.Grace, func() { cancel(ctx.Err()) })
	})
	return outliving{context.WithoutCancel(ctx), over}, func() { stop(); cancel(nil) }
}

// outliving tells a time limit from an interrupt, as the context before it does.
type outliving struct {
	context.Context // for the values
	// over ends with it. Package context finds no way to it, and would hand its
	// error to the contexts below if it did.
	over context.Context
}

func (c outliving) Done() <-chan struct{} { return c.over.Done() }

// AfterFunc spares package context a goroutine for each context below.
func (c outliving) AfterFunc(f func()) func() bool { return context.AfterFunc(c.over, f) }

func (c outliving) Err() error {
	if c.over.Err() == nil {
		return nil
	}
	return context.Cause(c.over)
}

func (a *application) try(ctx, inFlight context.Context, c Change) Outcome {
	outcome := Outcome{Change: c}
	switch {
	case ctx.Err() != nil:
		outcome.Err = &untriedError{ctx.Err()}
		a.mu.Lock()
		a.untried = append(a.untried, c)
		a.mu.Unlock()
	case c.Action == ActionDelete:
		outcome.Receipt, outcome.Err = a.store.Delete(inFlight, Callback{Target: c.Target, URL: c.Old})
	default:
		outcome.Receipt, outcome.Err = a.store.Put(inFlight, Callback{Target: c.Target, URL: c.New}, c.Old)
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

// made returns those of the changes that did not fail.
func (a *application) made(changes []Change) []Change {
	failed := make(map[Target]bool, len(a.failed))
	for _, o := range a.failed {
		failed[o.Change.Target] = true
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return failed[c.Target] })
}

// verify reads the account, settles what was not known, and returns the targets
// that are not as the plan wants them. It reads even after an interrupt, for a
// while, because what was done has to be said truthfully.
func (a *application) verify(ctx context.Context) ([]Target, error) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	snapshot, err := a.store.Load(inFlight, PartCallbacks)
	if err != nil {
		return nil, err
	}
	failed := map[Target]bool{}
	a.failed = slices.DeleteFunc(a.failed, func(o Outcome) bool {
		c := o.Change
		if !outcomeUnknown(o.Err) || !SameURL(snapshot.Callbacks.URL(c.Target), c.New) {
			failed[c.Target] = true
			return false
		}
		note := fmt.Sprintf("%v; the account, read at the end, shows that it was done", o.Err)
		o.Receipt.Notes = append(o.Receipt.Notes, note)
		a.done = append(a.done, Outcome{Change: c, Receipt: o.Receipt})
		return true
	})
	return slices.DeleteFunc(a.after.differences(snapshot.Callbacks), func(t Target) bool { return failed[t] }), nil
}

// outcomeUnknown reports whether a store does not know what became of a change.
func outcomeUnknown(err error) bool {
	var e interface{ OutcomeUnknown() bool }
	return errors.As(err, &e) && e.OutcomeUnknown()
}
