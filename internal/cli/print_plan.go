package cli

import (
	"fmt"
	"slices"
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

// profilePlanView is the plan of one profile if there are several.
type profilePlanView struct {
	Profile string `json:"profile"`
	*planView
	Error string `json:"error,omitempty"` // there is no plan
}

// plansView holds the plans of several profiles.
type plansView struct {
	Profiles []profilePlanView `json:"profiles"`
	// Checksum covers all plans. It is left out if one is missing.
	Checksum string `json:"checksum,omitempty"`
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

// lines are the plan as people read it.
func (p planned) lines(a *app) []output.Line {
	if len(p.plan.Changes) == 0 {
		return append(plainLines("no changes"), p.unmanaged.lines(a)...)
	}
	lines := a.groupLines(p.changeGroups(), a.changeLines)
	lines = append(lines, plainLines("", p.summary())...)
	lines = append(lines, p.effectLines(a)...)
	return append(lines, p.unmanaged.lines(a)...)
}

// effectLines returns where events go after the plan. Many effects that repeat the
// changes above are one line.
func (p planned) effectLines(a *app) []output.Line {
	if len(p.effects) == 0 {
		return nil
	}
	lines := plainLines("", "Where events go then:")
	effects, repeated := p.effects, 0
	if same := p.asChanged(); len(effects) > mostInline {
		effects = slices.DeleteFunc(slices.Clone(effects), same)
		repeated = len(p.effects) - len(effects)
	}
	if repeated <= mostInline {
		effects, repeated = p.effects, 0
	}
	lines = append(lines, a.groupLines(p.effectGroups(effects), a.effectLines)...)
	if repeated > 0 {
		lines = append(lines, plainLines(fmt.Sprintf("  %d senders: to their own callbacks, as above", repeated))...)
	}
	return lines
}

// planLines are the plans of all places as people read them. If there are several,
// each has a heading.
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
		lines = append(lines, plainLines("checksum: "+sum)...)
	}
	var folded []output.Line
	for _, line := range lines {
		if len(line) > 0 && (line[0].Text == detailIndent || line[0].Text == replacedBy) {
			folded = append(folded, line) // folded, the URLs would not be aligned
			continue
		}
		folded = append(folded, line.Translated(a.texts).Fold(a.env.Width)...)
	}
	return folded
}

func (p planned) summary() string {
	counts := map[callback.Action]int{}
	for _, c := range p.plan.Changes {
		counts[c.Action]++
	}
	summary := fmt.Sprintf("%d to create, %d to replace, %d to delete", counts[callback.ActionCreate], counts[callback.ActionReplace], counts[callback.ActionDelete])
	if silenced := len(p.silenced()); silenced > 0 {
		summary += fmt.Sprintf("; %s", plural(silenced, "sender loses its events", "senders lose their events"))
	}
	if guarded := p.guarded(); guarded != "" {
		summary += "; apply needs --force to " + guarded
	}
	return summary
}

// plansResult returns the plan of one place, or the plans of several.
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
