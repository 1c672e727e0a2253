package cli

import (
	"fmt"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/pkg/callback"
)

// planned is a plan and its effects on the senders of the account.
type planned struct {
	plan     callback.Plan
	checksum string
	effects  []callback.Effect
	// unregistered are senders that would get a callback, but that the account does
	// not have. SES refuses a callback for them.
	unregistered []callback.Target
	unmanaged    unmanaged
	receiving    int // senders whose events go somewhere before
}

func planFor(snapshot callback.Snapshot, desired callback.Set) planned {
	return viewPlan(callback.Diff(snapshot.Callbacks, desired), snapshot)
}

func viewPlan(plan callback.Plan, snapshot callback.Snapshot) planned {
	senders := snapshot.SenderTargets()
	p := planned{plan: plan, checksum: plan.Checksum(), effects: plan.Effects(senders), receiving: plan.Before.Receiving(senders)}
	for _, c := range plan.Changes {
		if c.Action == callback.ActionCreate && !c.Target.IsAccount() && !snapshot.Registered(c.Target) {
			p.unregistered = append(p.unregistered, c.Target)
		}
	}
	return p
}

// guarded returns what the plan may do only with --force, or "".
func (p planned) guarded() string {
	silenced := len(p.silenced())
	switch {
	case p.plan.DeletesMany():
		return fmt.Sprintf("delete more than 30 %% of the %d callbacks", p.plan.Before.Len())
	case callback.SilencesMany(silenced, p.receiving):
		return fmt.Sprintf("stop the events of %d of %d senders", silenced, p.receiving)
	}
	return ""
}

// silenced returns the senders that lose their events.
func (p planned) silenced() []callback.Target {
	var senders []callback.Target
	for _, e := range p.effects {
		if e.Silenced() {
			senders = append(senders, e.Sender)
		}
	}
	return senders
}

func (a *app) warnUnregistered(at *account.Account, p planned) {
	switch n := len(p.unregistered); n {
	case 0:
	case 1:
		a.warnAt(at, "the account has no sender address %s; SES refuses a callback for it", p.unregistered[0])
	default:
		a.warnAt(at, "the account does not have %d of the declared sender addresses, such as %s; SES refuses callbacks for them", n, p.unregistered[0])
	}
}

// warnGuarded warns about what apply will refuse without --force. It does so in every
// format, because the JSON of a plan has no key for it.
func (a *app) warnGuarded(at *account.Account, p planned) {
	if guarded := p.guarded(); guarded != "" {
		a.warnAt(at, "apply needs --force to %s", guarded)
	}
}
