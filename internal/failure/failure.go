package failure

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Kind is the kind of a failure. Scripts see it as the exit status, and as the key
// "kind" of an error in JSON.
type Kind string

// The kinds.
const (
	Failure     Kind = "failure"     // network, API, file
	Usage       Kind = "usage"       // wrong usage or invalid input; nothing was contacted
	Finding     Kind = "finding"     // it worked, and the answer is no
	Auth        Kind = "auth"        // no credentials, or refused
	NotFound    Kind = "not_found"   // no such callback or sender
	Conflict    Kind = "conflict"    // another callback is there, or the account changed
	Interrupted Kind = "interrupted" // by the user
)

// Status is one row of the table of exit statuses.
type Status struct {
	Kind    Kind // "" for success
	Code    int
	Summary string
}

// Statuses returns the exit statuses of sesctl in ascending order. Commands, help
// and documentation all read this table.
func Statuses() []Status {
	return []Status{
		{"", 0, "done"},
		{Failure, 1, "failed: network, API, file"},
		{Usage, 2, "wrong usage or invalid input; nothing was contacted"},
		{Finding, 3, "it worked, and the answer is no: problems found, changes pending, endpoint unreachable"},
		{Auth, 4, "no credentials, or refused"},
		{NotFound, 5, "no such callback or sender"},
		{Conflict, 6, "conflict: another callback is there, or the account changed since it was read"},
		{Interrupted, 130, "interrupted"},
	}
}

// Code returns the exit status of a kind. For an unknown kind it is 1, like Failure.
func (k Kind) Code() int {
	for _, s := range Statuses() {
		if s.Kind == k {
			return s.Code
		}
	}
	return 1
}

// Error is an error with its kind and with the next steps for the user.
type Error struct {
	Kind  Kind
	Err   error    // what failed, and why
	Hints []string // next steps, one sentence each

	// APICode and RequestID come from the service's answer; "" if there was none.
	APICode   string
	RequestID string

	// Unknown is true if a write was sent and its outcome is not known: it may have
	// been made although there is an error.
	Unknown bool
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// OutcomeUnknown returns Unknown. The errors of a callback.Store have this method.
func (e *Error) OutcomeUnknown() bool { return e.Unknown }

// WithHint adds a next step and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hints = append(e.Hints, fmt.Sprintf(format, args...))
	return e
}

// WithHints adds next steps, except empty ones, and returns e.
func (e *Error) WithHints(steps ...string) *Error {
	for _, step := range steps {
		if step != "" {
			e.Hints = append(e.Hints, step)
		}
	}
	return e
}

// New returns an error of the given kind. The format may wrap an error with %w.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// KindOf returns the kind of err, from the outermost [Error] in it. A change
// that was settled by reading is a Conflict if something else was found, unless
// the user interrupted it. A cancelled context means that the user interrupted.
// Anything else is a Failure.
func KindOf(err error) Kind {
	var e *Error
	kind := Failure
	switch {
	case errors.As(err, &e):
		kind = e.Kind
	case errors.Is(err, context.Canceled):
		kind = Interrupted
	}
	if o := settled(err); o != nil && kind != Interrupted && (o.Verdict == callback.VerdictGone || o.Verdict == callback.VerdictOther) {
		return Conflict
	}
	return kind
}

// HintsOf returns the next steps after err, from the outermost [Error] in it.
// If the outcome of a change could not be settled, looking at it comes first.
func HintsOf(err error) []string {
	var e *Error
	var hints []string
	if errors.As(err, &e) {
		hints = e.Hints
	}
	if o := settled(err); o != nil && o.OutcomeUnknown() {
		return append([]string{"look with 'sesctl callback list' before you try again"}, hints...)
	}
	return hints
}

// settled returns the outermost error about an unknown outcome, unless an [Error]
// around it has a kind of its own.
func settled(err error) *callback.OutcomeError {
	var e, cause *Error
	var o *callback.OutcomeError
	if !errors.As(err, &o) {
		return nil
	}
	errors.As(err, &e)
	errors.As(o.Cause, &cause)
	if e != cause {
		return nil
	}
	return o
}
