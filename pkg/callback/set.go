package callback

import (
	"fmt"
	"maps"
	"slices"
)

// Callback is a target and the URL that receives its events.
type Callback struct {
	Target Target
	URL    URL
}

// Set holds the callbacks of one account: at most one URL for each target. The
// zero Set is empty and ready to use. A Set is a value: With and Without return a
// changed copy.
type Set struct{ urls map[Target]URL }

// DuplicateError reports that a target was given two callbacks.
type DuplicateError struct{ Target Target }

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("two callbacks for %s; SES keeps one for each target", e.Target)
}

// NewSet returns the set of the given callbacks. It fails with a [DuplicateError]
// if a target appears twice, even with the same URL. It also fails if a callback
// has no URL.
func NewSet(callbacks []Callback) (Set, error) {
	urls := make(map[Target]URL, len(callbacks))
	for _, c := range callbacks {
		if c.URL.IsZero() {
			return Set{}, fmt.Errorf("the callback of %s has no URL", c.Target)
		}
		if _, twice := urls[c.Target]; twice {
			return Set{}, &DuplicateError{Target: c.Target}
		}
		urls[c.Target] = c.URL
	}
	return Set{urls: urls}, nil
}

// Len returns the number of callbacks.
func (s Set) Len() int { return len(s.urls) }

// URL returns the callback URL of exactly that target, or the zero URL if it has none.
func (s Set) URL(t Target) URL { return s.urls[t] }

// All returns the callbacks in order: the account's first, then the senders'.
func (s Set) All() []Callback {
	all := make([]Callback, 0, len(s.urls))
	for t, u := range s.urls {
		all = append(all, Callback{Target: t, URL: u})
	}
	slices.SortFunc(all, func(a, b Callback) int { return a.Target.Compare(b.Target) })
	return all
}

// With returns a copy of s in which t has that URL. With the zero URL, t has no
// callback in the copy.
func (s Set) With(t Target, url URL) Set {
	if url.IsZero() {
		return s.Without(t)
	}
	urls := make(map[Target]URL, len(s.urls)+1)
	maps.Copy(urls, s.urls)
	urls[t] = url
	return Set{urls: urls}
}

// Without returns a copy of s in which the targets have no callbacks.
func (s Set) Without(targets ...Target) Set {
	urls := maps.Clone(s.urls)
	for _, t := range targets {
		delete(urls, t)
	}
	return Set{urls: urls}
}

// differences returns the targets whose URLs differ between the sets.
func (s Set) differences(other Set) []Target {
	var targets []Target
	for t, url := range s.urls {
		if !url.Same(other.urls[t]) {
			targets = append(targets, t)
		}
	}
	for t := range other.urls {
		if s.urls[t].IsZero() {
			targets = append(targets, t)
		}
	}
	slices.SortFunc(targets, Target.Compare)
	return targets
}

// Source is where an effective callback comes from.
type Source string

// The sources of an effective callback.
const (
	SourceSender  Source = "sender"
	SourceAccount Source = "account"
	SourceNone    Source = "none"
)

// Effective is the callback that finally receives the events of a sender address.
type Effective struct {
	Sender Target
	URL    URL // zero if no event is sent
	Source Source
	// Overridden is the account's URL if the sender has its own URL.
	Overridden URL
}

// Resolve returns the effective callback of a sender address: its own callback,
// else the account's, else none. If the sender has its own callback, the account's
// callback does not receive its events (document 1084/40183, Chinese 1288/55194).
func (s Set) Resolve(sender Target) Effective {
	account := s.urls[Target{}]
	if own := s.urls[sender]; !own.IsZero() && !sender.IsAccount() {
		return Effective{Sender: sender, URL: own, Source: SourceSender, Overridden: account}
	}
	if !account.IsZero() {
		return Effective{Sender: sender, URL: account, Source: SourceAccount}
	}
	return Effective{Sender: sender, Source: SourceNone}
}

// Receiving counts the senders with an effective callback, among the given senders
// and the senders with a callback of their own.
func (s Set) Receiving(senders []Target) int {
	count := 0
	for _, sender := range Senders(senders, s) {
		if s.Resolve(sender).Source != SourceNone {
			count++
		}
	}
	return count
}
