package callback

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
)

// Action is what a change does.
type Action string

// The actions of a change.
const (
	ActionCreate  Action = "create"
	ActionReplace Action = "replace"
	ActionDelete  Action = "delete"
)

// Change is one step of a plan. It is data: it can be printed, saved, compared and
// undone. Old is zero for a create, New is zero for a delete.
type Change struct {
	Action Action
	Target Target
	Old    URL
	New    URL
	// Blind is true if the change is made without reading the account first. Then
	// Old is not known, and zero.
	Blind bool
}

// NewBlindChange returns a change that is made without reading the account first.
// The zero URL means a deletion. With replace, an existing callback is replaced;
// without it, the service refuses to create a second callback.
func NewBlindChange(t Target, to URL, replace bool) Change {
	c := Change{Action: ActionCreate, Target: t, New: to, Blind: true}
	switch {
	case to.IsZero():
		c.Action = ActionDelete
	case replace:
		c.Action = ActionReplace
	}
	return c
}

// NewChange returns the change of a target from one URL to another. The zero URL
// means no callback. From and to must not both be zero.
func NewChange(t Target, from, to URL) Change {
	c := Change{Action: ActionReplace, Target: t, Old: from, New: to}
	switch {
	case from.IsZero():
		c.Action = ActionCreate
	case to.IsZero():
		c.Action = ActionDelete
	}
	return c
}

// Effect is what a plan does to one sender address: the URL that receives its
// events before and after. The zero URL means that the events are lost.
type Effect struct {
	Sender Target
	From   URL
	To     URL
}

// Silenced reports whether the sender loses its events.
func (e Effect) Silenced() bool { return !e.From.IsZero() && e.To.IsZero() }

// Plan is the way from one set of callbacks to another.
type Plan struct {
	Before  Set
	Changes []Change
}

// Diff returns the plan that turns current into desired. It does not change URLs
// that are equal according to [SameURL].
//
// The order of the changes keeps senders from losing or misdirecting events while
// the plan runs. First senders get their own callbacks, then the account gets its
// callback. After that senders lose their own callbacks, and the account loses its
// callback last.
func Diff(current, desired Set) Plan {
	plan := Plan{Before: current}
	for t, want := range desired.urls {
		switch have := current.urls[t]; {
		case have.IsZero():
			plan.Changes = append(plan.Changes, NewChange(t, URL{}, want))
		case !have.Same(want):
			plan.Changes = append(plan.Changes, NewChange(t, have, want))
		}
	}
	for t, have := range current.urls {
		if desired.urls[t].IsZero() {
			plan.Changes = append(plan.Changes, NewChange(t, have, URL{}))
		}
	}
	slices.SortFunc(plan.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Phase(), b.Phase()), a.Target.Compare(b.Target))
	})
	return plan
}

// Phase returns the position of a change in the order of a plan, from 0. Changes
// of one phase do not depend on each other and may run at the same time. A phase
// begins when the previous phase has ended.
func (c Change) Phase() int {
	phase := 0
	if c.Target.IsAccount() {
		phase = 1
	}
	if c.Action == ActionDelete {
		phase += 2
	}
	return phase
}

// After returns the set that the plan produces.
func (p Plan) After() Set {
	urls := make(map[Target]URL, p.Before.Len())
	maps.Copy(urls, p.Before.urls)
	for _, c := range p.Changes {
		if c.Action == ActionDelete {
			delete(urls, c.Target)
		} else {
			urls[c.Target] = c.New
		}
	}
	return Set{urls: urls}
}

// Remaining returns the changes that are not done yet on an account that holds
// current. A change that an earlier try made is left out. Remaining fails with a
// [ChangedError] if a target has neither the callback from before the plan nor the
// callback that the plan gives it.
func (p Plan) Remaining(current Set) (Plan, error) {
	after := p.After()
	var changed []Target
	for _, t := range p.Before.differences(current) {
		if !current.URL(t).Same(after.URL(t)) {
			changed = append(changed, t)
		}
	}
	if len(changed) > 0 {
		return Plan{}, &ChangedError{Targets: changed}
	}
	return Diff(current, after), nil
}

// Effects returns what the plan does to the given senders, and to all senders that
// have a callback before or after. It returns an effect for each sender whose
// effective callback changes. Senders that lose their events come first.
func (p Plan) Effects(senders []Target) []Effect {
	after := p.After()
	var effects []Effect
	for _, sender := range Senders(senders, p.Before, after) {
		from, to := p.Before.Resolve(sender).URL, after.Resolve(sender).URL
		if !from.Same(to) {
			effects = append(effects, Effect{Sender: sender, From: from, To: to})
		}
	}
	slices.SortStableFunc(effects, func(a, b Effect) int {
		return cmp.Compare(boolToInt(b.Silenced()), boolToInt(a.Silenced()))
	})
	return effects
}

// Senders returns, in order and once each, the given senders and all senders that
// have a callback of their own in one of the sets.
func Senders(registered []Target, sets ...Set) []Target {
	seen := make(map[Target]bool, len(registered))
	var all []Target
	add := func(t Target) {
		if !t.IsAccount() && !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	for _, t := range registered {
		add(t)
	}
	for _, s := range sets {
		for t := range s.urls {
			add(t)
		}
	}
	slices.SortFunc(all, Target.Compare)
	return all
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The limits that protect against a declaration that is empty by mistake.
const (
	guardedFrom  = 10 // callbacks
	guardedShare = 30 // per cent
)

// DeletesMany reports whether the plan deletes so many existing callbacks that the
// user should confirm it: more than 30 % of 10 or more.
func (p Plan) DeletesMany() bool {
	deletes := 0
	for _, c := range p.Changes {
		if c.Action == ActionDelete {
			deletes++
		}
	}
	return p.Before.Len() >= guardedFrom && deletes*100 > guardedShare*p.Before.Len()
}

// SilencesMany reports whether so many of the senders that receive events lose
// them that the user should confirm it: more than 30 % of 10 or more.
func SilencesMany(silenced, receiving int) bool {
	return receiving >= guardedFrom && silenced*100 > guardedShare*receiving
}

// Checksum returns a digest of the plan and of the state that it was made from. It
// does not depend on the machine or on the order of the input. So two people who
// read the same checksum have seen the same plan.
func (p Plan) Checksum() string {
	// One line for each callback and each change. The quotes separate the fields,
	// whatever they contain.
	var text []byte
	line := func(kind string, t Target, before, after URL) {
		for _, field := range []string{kind, t.address, before.Whole(), after.Whole()} {
			text = append(strconv.AppendQuote(text, field), ' ')
		}
		text = append(text, '\n')
	}
	for _, c := range p.Before.All() {
		line("before", c.Target, c.URL, URL{})
	}
	for _, c := range p.Changes {
		line(string(c.Action), c.Target, c.Old, c.New)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
