package callback

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// HeldBackError reports that a deletion was not tried. An earlier change failed,
// and the deletion would have left a sender without the callback that the plan
// gives it.
type HeldBackError struct{ Sender Target }

func (e *HeldBackError) Error() string {
	return fmt.Sprintf("held back: %s would be without a callback, because an earlier change failed", e.Sender)
}

// lookAgain reads the account before deletions if a change has failed: a store may
// have stopped halfway, or may not know what it did. If reading fails too, no
// target of a failed change counts as having a callback.
func (a *application) lookAgain(ctx context.Context) {
	if len(a.failed) == 0 || a.asked {
		return
	}
	a.asked = true
	snapshot, err := a.store.Load(ctx, PartCallbacks)
	if err == nil {
		a.now = snapshot.Callbacks
		return
	}
	gone := Plan{Before: a.now}
	for _, o := range a.failed {
		gone.Changes = append(gone.Changes, Change{Action: ActionDelete, Target: o.Change.Target})
	}
	a.now = gone.After()
}

// heldBack returns a function that checks a deletion. Its error is a *[HeldBackError]
// if a sender that has a callback in the plan would have none after the deletion.
func (a *application) heldBack() func(Change) error {
	account := a.now.URL(Account()).IsZero() && !a.after.URL(Account()).IsZero()
	var missing []Target
	for t := range a.after.urls {
		if a.now.urls[t].IsZero() && !t.IsAccount() {
			missing = append(missing, t)
		}
	}
	slices.SortFunc(missing, Target.Compare)
	return func(c Change) error {
		switch {
		case c.Target.IsAccount() && len(missing) > 0:
			return &HeldBackError{Sender: missing[0]}
		case !c.Target.IsAccount() && account:
			return &HeldBackError{Sender: c.Target}
		}
		return nil
	}
}

// untriedError reports that a change was not begun, because the context had ended.
type untriedError struct{ cause error }

func (e *untriedError) Error() string {
	if errors.Is(e.cause, context.DeadlineExceeded) {
		return "not tried: the timeout expired"
	}
	return "not tried: interrupted"
}

func (e *untriedError) Unwrap() error { return e.cause }
