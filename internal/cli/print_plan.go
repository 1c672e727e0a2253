package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// planView is a plan in JSON and YAML.
type planView struct {
	Changes  []callback.Change `json:"changes"`
	Effects  []callback.Effect `json:"effects"`
	Checksum string            `json:"checksum"`
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
}

func planFor(snapshot callback.Snapshot, desired callback.Set) planned {
	return viewPlan(callback.Diff(snapshot.Callbacks, desired), snapshot)
}

func viewPlan(plan callback.Plan, snapshot callback.Snapshot) planned {
	p := planned{plan: plan, checksum: plan.Checksum(), effects: plan.Effects(snapshot.SenderTargets())}
	for _, c := range plan.Changes {
		if c.Action == callback.ActionCreate && !c.Target.IsAccount() && !snapshot.Registered(c.Target) {
			p.unregistered = append(p.unregistered, c.Target)
		}
	}
	return p
}

func (p planned) view() planView {
	return planView{
		Changes:  append([]callback.Change{}, p.plan.Changes...), // none is [], not null
		Effects:  append([]callback.Effect{}, p.effects...),
		Checksum: p.checksum,
	}
}

func (a *app) warnUnregistered(p planned) {
	switch n := len(p.unregistered); n {
	case 0:
	case 1:
		a.warn("the account has no sender address %s; SES refuses a callback for it", p.unregistered[0])
	default:
		a.warn("the account has no sender address %s, nor %s; SES refuses callbacks for them", p.unregistered[0], plural(n-1, "other that is declared", "others that are declared"))
	}
}

// warnDeletesMany tells in every format of what apply is going to refuse: the JSON
// of a plan has no key for it.
func (a *app) warnDeletesMany(p planned) {
	if p.plan.DeletesMany() {
		a.warn("%s", p.deletesMany())
	}
}

func (p planned) deletesMany() string {
	return fmt.Sprintf("apply needs --force to delete more than 30 %% of the %d callbacks", p.plan.Before.Len())
}

// lines are the plan as people read it.
func (p planned) lines(a *app) []output.Line {
	if len(p.plan.Changes) == 0 {
		return plainLines("no changes")
	}
	var lines []output.Line
	for _, c := range p.plan.Changes {
		lines = append(lines, a.changeLine(c))
	}
	lines = append(lines, plainLines("", p.summary())...)
	if len(p.effects) > 0 {
		lines = append(lines, plainLines("", "Where events go then:")...)
	}
	for _, e := range p.effects {
		lines = append(lines, append(output.Line{{Text: "  "}}, a.effectLine(e)...))
	}
	return lines
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
			lines = append(lines, plainLines("Profile "+p.app.profile()+":", "")...)
		}
		if p.err != nil {
			lines = append(lines, plainLines(append(strings.Split("no plan: "+p.app.withoutSecrets(p.err.Error()), "\n"), "")...)...)
		} else {
			lines = append(append(lines, p.planned.lines(p.app)...), plainLines("")...)
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
	silenced := 0
	for _, e := range p.effects {
		if e.Silenced() {
			silenced++
		}
	}
	summary := fmt.Sprintf("%d to create, %d to replace, %d to delete", counts[callback.ActionCreate], counts[callback.ActionReplace], counts[callback.ActionDelete])
	if silenced > 0 {
		summary += fmt.Sprintf("; %s silent", plural(silenced, "sender falls", "senders fall"))
	}
	if p.plan.DeletesMany() {
		summary += "; " + p.deletesMany()
	}
	return summary
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (a *app) changeLine(c callback.Change) output.Line {
	switch c.Action {
	case callback.ActionCreate:
		return output.Line{{Text: "+ create ", Color: output.Green}, {Text: fmt.Sprintf("%s: %s", targetName(c.Target), a.url(c.New))}}
	case callback.ActionReplace:
		return output.Line{{Text: "~ replace", Color: output.Yellow}, {Text: fmt.Sprintf(" %s: %s -> %s", targetName(c.Target), a.url(c.Old), a.url(c.New))}}
	}
	return output.Line{{Text: "- delete ", Color: output.Red}, {Text: fmt.Sprintf("%s: %s", targetName(c.Target), a.url(c.Old))}}
}

func (a *app) effectLine(e callback.Effect) output.Line {
	if e.Silenced() {
		return output.Line{{Text: fmt.Sprintf("%s: falls silent (now %s)", e.Sender, a.url(e.From)), Color: output.Red}}
	}
	return output.Line{{Text: fmt.Sprintf("%s: %s -> %s", e.Sender, a.orNone(e.From), a.orNone(e.To))}}
}

// plansResult is the plan of the one place, or those of several.
func plansResult(a *app, places []*place, apply []string) output.Result {
	r := output.Result{Lines: a.planLines(places)}
	if a.flags.format == output.FormatMarkdown {
		r.Markdown = plansMarkdown(a, places, apply)
	}
	sum := checksum(places)
	if sum != "" {
		r.Quiet = []string{sum}
	}
	if len(places) == 1 {
		r.Data = places[0].planned.view()
		return r
	}
	v := plansView{Checksum: sum}
	for _, p := range places {
		one := profilePlanView{Profile: p.app.profile()}
		if p.err != nil {
			one.Error = p.app.withoutSecrets(p.err.Error())
		} else {
			plan := p.planned.view()
			one.planView = &plan
		}
		v.Profiles = append(v.Profiles, one)
	}
	r.Data = v
	return r
}
