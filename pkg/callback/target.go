package callback

import (
	"cmp"
	"strings"
)

// Scope is the level at which a callback exists. SES knows two of them
// (document 1084/40183, "Callback address").
type Scope string

// The scopes of SES.
const (
	ScopeAccount Scope = "account"
	ScopeSender  Scope = "sender"
)

// Target is the owner of a callback: the account, or one sender address. The zero
// Target is the account. Targets are comparable: two spellings of one sender
// address give equal Targets.
type Target struct{ address string }

// Account returns the target of the account's callback.
func Account() Target { return Target{} }

// IsAccount reports whether t is the account.
func (t Target) IsAccount() bool { return t.address == "" }

// Address returns the normalised sender address, or "" for the account.
func (t Target) Address() string { return t.address }

// Domain returns the part of the sender address after the @, or "".
func (t Target) Domain() string {
	_, domain, _ := strings.Cut(t.address, "@")
	return domain
}

// Scope returns the level of t.
func (t Target) Scope() Scope {
	if t.IsAccount() {
		return ScopeAccount
	}
	return ScopeSender
}

// String returns "the account" or the sender address. It is for messages.
func (t Target) String() string {
	if t.IsAccount() {
		return "the account"
	}
	return t.address
}

// Compare orders targets: the account first, then the senders by address.
func (t Target) Compare(u Target) int { return cmp.Compare(t.address, u.address) }

// VariableName returns the target in a form that can begin the name of a variable.
func (t Target) VariableName() string {
	if t.IsAccount() {
		return "ACCOUNT"
	}
	return variableName(t.address)
}

// variableName turns any text into the name of a variable.
func variableName(text string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && isAlphanumeric(byte(r)) {
			return r
		}
		return '_'
	}, text)
	return strings.ToUpper(name)
}
