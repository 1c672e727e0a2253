package callback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Verdict is the result of a change whose outcome was unknown. It depends on the
// URL that was found afterwards.
type Verdict string

// The verdicts.
const (
	VerdictMade    Verdict = "made"     // the target has the new URL
	VerdictNotMade Verdict = "not made" // the target still has the old URL
	VerdictGone    Verdict = "gone"     // the target has no URL: neither the old URL nor the new URL
	VerdictOther   Verdict = "other"    // the target has another URL
)

// Judge returns the result of the change, if found is the URL that its target has
// now. The zero URL means no callback.
func (c Change) Judge(found URL) Verdict {
	switch {
	case found.Same(c.New):
		return VerdictMade
	case found.Same(c.Old):
		return VerdictNotMade
	case found.IsZero():
		return VerdictGone
	}
	return VerdictOther
}

// OutcomeError is the error of a change whose outcome was unknown until the
// account was read. Its message is the message of Cause, and what was found.
type OutcomeError struct {
	Change Change
	Cause  error // why the store did not know the outcome

	// Verdict is "" if the account could not be read; Unread is the reason.
	Verdict Verdict
	Found   URL // the URL that reading the account returned
	Unread  error
}

func (e *OutcomeError) Error() string {
	c := e.Change
	switch e.Verdict {
	case VerdictMade:
		return fmt.Sprintf("interrupted after the callback of %s was %s", c.Target, c.done())
	case VerdictNotMade:
		return fmt.Sprintf("%v; reading the account shows that nothing was changed", e.Cause)
	case VerdictGone:
		return fmt.Sprintf("%v; reading the account shows that %s has no callback of its own now", e.Cause, c.Target)
	case VerdictOther:
		return fmt.Sprintf("%v; reading the account shows another callback of %s: %s", e.Cause, c.Target, e.Found)
	}
	return fmt.Sprintf("%v; the outcome is unknown, because reading the account failed too: %v", e.Cause, e.Unread)
}

// Unwrap returns Cause.
func (e *OutcomeError) Unwrap() error { return e.Cause }

// OutcomeUnknown reports whether the outcome is unknown even after reading.
func (e *OutcomeError) OutcomeUnknown() bool { return e.Verdict == "" }

// done returns what a change does, as a participle.
func (c Change) done() string {
	if c.Action == ActionDelete {
		return "removed"
	}
	return "set"
}

// Settling controls how an unknown outcome is settled by reading the account.
type Settling struct {
	// Grace is how long calls may go on after the context has ended.
	Grace time.Duration
	// Pause is the time between two readings, one second if it is 0. There is a
	// second reading if the first finds the old state, because the service may
	// still be making the change.
	Pause time.Duration
}

const settlePause = time.Second

// Make makes one change. If the store does not know the outcome, Make reads the
// account, even if ctx has ended, for at most Grace. If the change was made after
// all, Make succeeds with a note in the receipt, unless the user interrupted. In
// every other case the error is an [OutcomeError].
//
// Make does not settle the outcome of a blind change, because the account may not
// be readable.
func Make(ctx context.Context, store Store, c Change, s Settling) (Receipt, error) {
	receipt, err := store.Make(ctx, c)
	if !outcomeUnknown(err) || c.Blind {
		return receipt, err
	}
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	found, unread := s.read(reading, store, PartOf(c.Target), func(set Set) bool {
		return c.Judge(set.URL(c.Target)) == VerdictNotMade
	})
	receipt, settled := settle(Outcome{Change: c, Receipt: receipt, Err: err}, found, unread)
	if settled == nil && errors.Is(context.Cause(ctx), context.Canceled) {
		settled = &OutcomeError{Change: c, Cause: err, Verdict: VerdictMade}
	}
	return receipt, settled
}

// settle returns the result of a change with an unknown outcome. It depends on the
// callbacks that were found, or on the reason why none could be read.
func settle(o Outcome, found Set, unread error) (Receipt, error) {
	url := found.URL(o.Change.Target)
	e := &OutcomeError{Change: o.Change, Cause: o.Err, Found: url, Unread: unread}
	if unread != nil {
		return o.Receipt, e
	}
	if e.Verdict = o.Change.Judge(url); e.Verdict != VerdictMade {
		return o.Receipt, e
	}
	note := fmt.Sprintf("%v; reading the account shows that the callback of %s was %s anyway", o.Err, o.Change.Target, o.Change.done())
	o.Receipt.Notes = append(slices.Clip(o.Receipt.Notes), note)
	return o.Receipt, nil
}

// read reads callbacks, and reads again after a pause if the first result may be
// too early. If only the second reading fails, the first result counts.
func (s Settling) read(ctx context.Context, store Store, parts Parts, late func(Set) bool) (Set, error) {
	snapshot, err := store.Load(ctx, parts)
	if err != nil || !late(snapshot.Callbacks) {
		return snapshot.Callbacks, err
	}
	pause := s.Pause
	if pause == 0 {
		pause = settlePause
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return snapshot.Callbacks, nil
	}
	again, err := store.Load(ctx, parts)
	if err != nil {
		return snapshot.Callbacks, nil
	}
	return again.Callbacks, nil
}

// outcomeUnknown reports whether a store does not know the outcome of a change.
func outcomeUnknown(err error) bool {
	var e interface{ OutcomeUnknown() bool }
	return errors.As(err, &e) && e.OutcomeUnknown()
}
