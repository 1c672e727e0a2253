package callback

import (
	"context"
	"slices"
)

// Parts is the set of parts of an account to read. Other parts are not read. So if
// an endpoint does not answer for one part, only the callers that need this part
// fail.
type Parts uint8

// The parts of a snapshot.
const (
	PartAccount         Parts = 1 << iota // the account's callback
	PartSenderCallbacks                   // the callbacks of senders
	PartSenders                           // the sender addresses

	PartCallbacks = PartAccount | PartSenderCallbacks
	PartAll       = PartCallbacks | PartSenders
)

// PartOf returns the part that holds the callback of t.
func PartOf(t Target) Parts {
	if t.IsAccount() {
		return PartAccount
	}
	return PartSenderCallbacks
}

// Sender is a sender address that the account has, with its display name.
type Sender struct {
	Target Target
	Name   string
}

// Snapshot is the content of an account at the time when it was read.
type Snapshot struct {
	Callbacks Set
	Senders   []Sender // in order of their addresses
}

// SenderTargets returns the targets of the sender addresses.
func (s Snapshot) SenderTargets() []Target {
	targets := make([]Target, len(s.Senders))
	for i, sender := range s.Senders {
		targets[i] = sender.Target
	}
	return targets
}

// Registered reports whether the account has that sender address.
func (s Snapshot) Registered(t Target) bool {
	_, found := slices.BinarySearchFunc(s.Senders, t, func(sender Sender, t Target) int {
		return sender.Target.Compare(t)
	})
	return found
}

// Receipt is what a store reports about a change that was made.
type Receipt struct {
	RequestID string
	// Notes are sentences that the user should read, for example that a callback
	// was changed by deleting and creating it.
	Notes []string
}

// Store holds the callbacks of one account. A Store is safe for use by several
// goroutines. When the context of a call ends, [context.Cause] gives the reason.
type Store interface {
	// Load reads the given parts.
	Load(ctx context.Context, parts Parts) (Snapshot, error)

	// Make sends one change. The service checks it: a create fails if the sender
	// has a callback, and a replace or a delete fails if the sender has none. The
	// account's callback may be overwritten, because the service has one action
	// for creating and changing it.
	//
	// If Make fails, nothing was changed, or the error has a method
	// OutcomeUnknown() bool that returns true. The function [Make] finds out
	// whether such a change was made.
	Make(ctx context.Context, c Change) (Receipt, error)
}
