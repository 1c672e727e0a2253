package callback

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ApplyOptions says how a plan is carried out.
type ApplyOptions struct {
	// Parallel is how many changes run at a time; 1 where it is less.
	Parallel int
	// OnEnd, if not nil, is called with the outcome of each change as it ends,
	// by one goroutine at a time.
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

// HeldBackError says that a deletion was not tried, because a change that failed
// before would have left a sender without the callback that the plan gives it.
type HeldBackError struct{ Sender Target }

func (e *HeldBackError) Error() string {
	return fmt.Sprintf("held back: %s would be without a callback, because an earlier change failed", e.Sender)
}

// Apply carries a plan out. It reads the account first and fails with a
// [ChangedError], before anything is written, where the account is not what the
// plan was made from. A change that fails does not stop the others, except those
// that would silence a sender by its failure. When ctx ends, calls in flight are
// finished and no new ones begin. At the end the account is read again and
// compared.
func Apply(ctx context.Context, store Store, plan Plan, o ApplyOptions) (Applied, error) {
	snapshot, err := store.Load(ctx, PartCallbacks)
	if err != nil {
		return Applied{}, err
	}
	if changed := plan.Before.differences(snapshot.Callbacks); len(changed) > 0 {
		return Applied{}, &ChangedError{Targets: changed}
	}
	run := &application{store: store, plan: plan, after: plan.After(), now: plan.Before, options: o}
	for changes := plan.Changes; len(changes) > 0; {
		n := 1
		for n < len(changes) && changes[n].Phase() == changes[0].Phase() {
			n++
		}
		run.phase(ctx, changes[:n])
		changes = changes[n:]
	}
	applied := Applied{Done: run.done, Failed: run.failed}
	if len(plan.Changes) == 0 {
		return applied, nil
	}
	applied.Differs, err = run.verify(ctx)
	if err != nil {
		return applied, fmt.Errorf("the changes could not be verified: %w", err)
	}
	return applied, nil
}

// differences returns the targets whose URLs are not the same in both sets.
func (s Set) differences(other Set) []Target {
	var targets []Target
	for t, url := range s.urls {
		if !SameURL(url, other.urls[t]) {
			targets = append(targets, t)
		}
	}
	for t := range other.urls {
		if s.urls[t] == "" {
			targets = append(targets, t)
		}
	}
	slices.SortFunc(targets, Target.Compare)
	return targets
}

type application struct {
	store   Store
	plan    Plan
	after   Set
	options ApplyOptions

	// now is what the account holds, and missing the senders that have no
	// callback of their own because a change failed; both as of the last phase.
	now     Set
	missing []Target

	mu     sync.Mutex
	done   []Outcome
	failed []Outcome
}

// phase makes changes that do not depend on each other, some at a time.
func (a *application) phase(ctx context.Context, changes []Change) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	queue := make(chan Change)
	var workers sync.WaitGroup
	for range min(max(1, a.options.Parallel), len(changes)) {
		workers.Go(func() {
			for c := range queue {
				a.one(ctx, inFlight, c)
			}
		})
	}
	for _, c := range changes {
		queue <- c
	}
	close(queue)
	workers.Wait()
	a.settlePhase(changes)
}

// outlive returns a context for calls in flight: it ends Grace after ctx does.
func (a *application) outlive(ctx context.Context) (context.Context, func()) {
	inFlight, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(a.options.Grace, func() { cancel(context.Cause(ctx)) })
	})
	return inFlight, func() { stop(); cancel(nil) }
}

func (a *application) one(ctx, inFlight context.Context, c Change) {
	outcome := Outcome{Change: c}
	switch {
	case ctx.Err() != nil:
		outcome.Err = fmt.Errorf("not tried: %w", ctx.Err())
	case c.Action == ActionDelete:
		if outcome.Err = a.mayDelete(c); outcome.Err == nil {
			outcome.Receipt, outcome.Err = a.store.Delete(inFlight, Callback{Target: c.Target, URL: c.Old})
		}
	default:
		outcome.Receipt, outcome.Err = a.store.Put(inFlight, Callback{Target: c.Target, URL: c.New}, c.Old)
	}
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

// settlePhase brings what is known of the account up to date, once a phase, so
// that the set is not copied for each change.
func (a *application) settlePhase(changes []Change) {
	failed := map[Target]bool{}
	for _, o := range a.failed {
		failed[o.Change.Target] = true
	}
	made := make([]Change, 0, len(changes))
	for _, c := range changes {
		switch {
		case !failed[c.Target]:
			made = append(made, c)
		case c.Action == ActionCreate && !c.Target.IsAccount():
			a.missing = append(a.missing, c.Target)
		}
	}
	a.now = Plan{Before: a.now, Changes: made}.After()
}

// mayDelete holds a deletion back where a sender that the plan gives a callback
// would have none, because the change that was to give it failed.
func (a *application) mayDelete(c Change) error {
	switch {
	case c.Target.IsAccount() && len(a.missing) > 0:
		return &HeldBackError{Sender: a.missing[0]}
	case !c.Target.IsAccount() && a.now.URL(Account()) == "" && a.after.URL(Account()) != "":
		return &HeldBackError{Sender: c.Target}
	}
	return nil
}

// verify reads the account and compares it with the plan. It reads even after an
// interrupt, for a while, because what was done has to be said truthfully.
func (a *application) verify(ctx context.Context) ([]Target, error) {
	inFlight, stop := a.outlive(ctx)
	defer stop()
	snapshot, err := a.store.Load(inFlight, PartCallbacks)
	if err != nil {
		return nil, err
	}
	var differs []Target
	for _, t := range a.after.differences(snapshot.Callbacks) {
		if !slices.ContainsFunc(a.failed, func(o Outcome) bool { return o.Change.Target == t }) {
			differs = append(differs, t)
		}
	}
	return differs, nil
}

// The guard against a declaration that is empty by mistake.
const (
	guardedFrom  = 10 // callbacks
	guardedShare = 30 // per cent
)

// DeletesMany reports whether the plan deletes so many of the callbacks that are
// there that it needs a second thought: more than 30 % of 10 or more.
func (p Plan) DeletesMany() bool {
	deletes := 0
	for _, c := range p.Changes {
		if c.Action == ActionDelete {
			deletes++
		}
	}
	return p.Before.Len() >= guardedFrom && deletes*100 > guardedShare*p.Before.Len()
}
