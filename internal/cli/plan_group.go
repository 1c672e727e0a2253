package cli

import (
	"github.com/sesctl/sesctl/pkg/callback"
)

// targetGroup is several changes, or several effects, with the same URLs.
type targetGroup struct {
	action   callback.Action // "" for effects
	from, to callback.URL
	targets  []callback.Target
	follow   bool // the senders follow the account, before and after
	groups   int  // in the same part of the plan, at least 1
}

func (g targetGroup) silenced() bool { return g.action == "" && !g.from.IsZero() && g.to.IsZero() }

// changeGroups returns the changes in their order. Changes with the same URLs are
// one group; the account is always alone.
func (p planned) changeGroups() []targetGroup {
	var groups []targetGroup
	at := map[callback.Change]int{}
	for _, c := range p.plan.Changes {
		key := callback.Change{Action: c.Action, Old: c.Old, New: c.New}
		i, known := at[key]
		if known && !c.Target.IsAccount() {
			groups[i].targets = append(groups[i].targets, c.Target)
			continue
		}
		if !c.Target.IsAccount() {
			at[key] = len(groups)
		}
		groups = append(groups, targetGroup{action: c.Action, from: c.Old, to: c.New, targets: []callback.Target{c.Target}})
	}
	return counted(groups)
}

// effectGroups returns effects in their order. Effects with the same URLs are one
// group.
func (p planned) effectGroups(effects []callback.Effect) []targetGroup {
	type key struct {
		from, to callback.URL
		follow   bool
	}
	var groups []targetGroup
	at := map[key]int{}
	after := p.plan.After()
	follows := func(set callback.Set, t callback.Target) bool {
		return set.Resolve(t).Source == callback.SourceAccount
	}
	for _, e := range effects {
		k := key{e.From, e.To, follows(p.plan.Before, e.Sender) && follows(after, e.Sender)}
		i, known := at[k]
		if !known {
			i = len(groups)
			at[k] = i
			groups = append(groups, targetGroup{from: e.From, to: e.To, follow: k.follow})
		}
		groups[i].targets = append(groups[i].targets, e.Sender)
	}
	return counted(groups)
}

// counted sets in each group how many groups there are.
func counted(groups []targetGroup) []targetGroup {
	for i := range groups {
		groups[i].groups = len(groups)
	}
	return groups
}

// asChanged reports whether the own callback of a sender changes from and to the
// same URLs as where its events go. Then the effect repeats the change.
func (p planned) asChanged() func(callback.Effect) bool {
	changes := make(map[callback.Target]callback.Change, len(p.plan.Changes))
	for _, c := range p.plan.Changes {
		changes[c.Target] = c
	}
	return func(e callback.Effect) bool {
		c, changed := changes[e.Sender]
		return changed && c.Old == e.From && c.New == e.To && !e.Silenced()
	}
}
