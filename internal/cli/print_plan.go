package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// planView is a plan in JSON and YAML.
type planView struct {
	Changes   []any               `json:"changes"`
	Effects   []any               `json:"effects"`
	Unmanaged []callback.Callback `json:"unmanaged"`
	Checksum  string              `json:"checksum"`
	Place     placeView           `json:"place"`
}

// profilePlanView is a plan among those of several profiles.
type profilePlanView struct {
	Profile string `json:"profile"`
	*planView
	Error string `json:"error,omitempty"` // there is no plan
}

// plansView holds the plans of several profiles.
type plansView struct {
	Profiles []profilePlanView `json:"profiles"`
	// Checksum stands for all of the plans; left out where one is missing.
	Checksum string `json:"checksum,omitempty"`
}

// planned is a plan and what it does to the senders of the account.
type planned struct {
	plan     callback.Plan
	checksum string
	effects  []callback.Effect
	// unregistered are senders that shall get a callback and that the account does
	// not have: SES refuses those.
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

func (p planned) view(a *app, at *account.Account) planView {
	v := planView{
		Changes: []any{}, Effects: []any{}, // none is [], not null
		Unmanaged: append([]callback.Callback{}, p.unmanaged.callbacks...),
		Checksum:  p.checksum, Place: placeAt(at),
	}
	for _, c := range p.plan.Changes {
		v.Changes = append(v.Changes, a.withMaskedChange(c, c.Old, c.New))
	}
	for _, e := range p.effects {
		v.Effects = append(v.Effects, a.withMaskedChange(e, e.From, e.To))
	}
	return v
}

func (a *app) warnUnregistered(at *account.Account, p planned) {
	switch n := len(p.unregistered); n {
	case 0:
	case 1:
		a.warnAt(at, "the account has no sender address %s; SES refuses a callback for it", p.unregistered[0])
	default:
		a.warnAt(at, "the account has no sender address %s, nor %s; SES refuses callbacks for them", p.unregistered[0], plural(n-1, "other that is declared", "others that are declared"))
	}
}

// warnGuarded warns in every format of what apply is going to refuse: the JSON of
// a plan has no key for it.
func (a *app) warnGuarded(at *account.Account, p planned) {
	if guarded := p.guarded(); guarded != "" {
		a.warnAt(at, "apply needs --force to %s", guarded)
	}
}

// guarded is what the plan needs --force to do, or "". How many senders fall
// silent is in the summary in any case.
func (p planned) guarded() string {
	silenced := len(p.silenced())
	switch {
	case p.plan.DeletesMany():
		return fmt.Sprintf("delete more than 30 %% of the %d callbacks", p.plan.Before.Len())
	case callback.SilencesMany(silenced, p.receiving):
		return fmt.Sprintf("silence %d of the %d senders with a callback", silenced, p.receiving)
	}
	return ""
}

// silenced are the senders that lose their events.
func (p planned) silenced() []callback.Target {
	var senders []callback.Target
	for _, e := range p.effects {
		if e.Silenced() {
			senders = append(senders, e.Sender)
		}
	}
	return senders
}

// lines are the plan as people read it.
func (p planned) lines(a *app) []output.Line {
	if len(p.plan.Changes) == 0 {
		return append(plainLines("no changes"), p.unmanaged.lines(a)...)
	}
	var lines []output.Line
	for _, g := range p.changeGroups() {
		lines = append(lines, a.changeLines(g)...)
	}
	lines = append(lines, plainLines("", p.summary())...)
	if len(p.effects) > 0 {
		lines = append(lines, plainLines("", "Where events go then:")...)
	}
	for _, g := range p.effectGroups() {
		lines = append(lines, a.effectLines(g)...)
	}
	return append(lines, p.unmanaged.lines(a)...)
}

func plainLines(texts ...string) []output.Line {
	lines := make([]output.Line, len(texts))
	for i, text := range texts {
		lines[i] = output.Line{{Text: text}}
	}
	return lines
}

// planLines are the plans of all places as people read them, under a heading each
// if there are several.
func (a *app) planLines(places []*place) []output.Line {
	var lines []output.Line
	for _, p := range places {
		if len(places) > 1 {
			lines = append(lines, plainLines("Profile "+p.at.Profile()+":", "")...)
		}
		if p.err != nil {
			lines = append(lines, plainLines(append(strings.Split("no plan: "+a.withoutSecrets(p.err.Error()), "\n"), "")...)...)
		} else {
			lines = append(append(lines, p.planned.lines(a)...), plainLines("")...)
		}
	}
	if sum := checksum(places); sum != "" {
		return append(lines, plainLines("checksum: "+sum)...)
	}
	return lines
}

func (p planned) summary() string {
	counts := map[callback.Action]int{}
	for _, c := range p.plan.Changes {
		counts[c.Action]++
	}
	summary := fmt.Sprintf("%d to create, %d to replace, %d to delete", counts[callback.ActionCreate], counts[callback.ActionReplace], counts[callback.ActionDelete])
	if silenced := len(p.silenced()); silenced > 0 {
		summary += fmt.Sprintf("; %s silent", plural(silenced, "sender falls", "senders fall"))
	}
	if guarded := p.guarded(); guarded != "" {
		summary += "; apply needs --force to " + guarded
	}
	return summary
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// changeLine is one change, for the line that reports its outcome.
func (a *app) changeLine(c callback.Change) output.Line {
	return a.changeLines(targetGroup{action: c.Action, from: c.Old, to: c.New, targets: []callback.Target{c.Target}})[0]
}

// plansResult is the plan of the one place, or those of several.
func plansResult(a *app, places []*place, apply []string) output.Result {
	r := output.Result{Lines: a.planLines(places)}
	if a.flags.format == output.FormatMarkdown {
		r.Markdown = a.plansMarkdown(places, apply)
	}
	sum := checksum(places)
	if sum != "" {
		r.Quiet = []string{sum}
	}
	if len(places) == 1 {
		r.Data = places[0].planned.view(a, places[0].at)
		return r
	}
	v := plansView{Checksum: sum}
	for _, p := range places {
		one := profilePlanView{Profile: p.at.Profile()}
		if p.err != nil {
			one.Error = a.withoutSecrets(p.err.Error())
		} else {
			plan := p.planned.view(a, p.at)
			one.planView = &plan
		}
		v.Profiles = append(v.Profiles, one)
	}
	r.Data = v
	return r
}
