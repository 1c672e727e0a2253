package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	mostInline = 3  // targets of a group that stand before its URL
	mostListed = 12 // targets of a group that are listed at all
)

// targetGroup is several changes, or several effects, of the same URLs.
type targetGroup struct {
	action   callback.Action // "" for effects
	from, to callback.URL
	targets  []callback.Target
	follow   bool // the senders follow the account, before and after
}

func (g targetGroup) silenced() bool { return g.action == "" && !g.from.IsZero() && g.to.IsZero() }

// changeGroups are the changes in their order, those of equal URLs together. The
// account is always alone.
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
	return groups
}

// effectGroups are the effects in their order, those of equal URLs together.
func (p planned) effectGroups() []targetGroup {
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
	for _, e := range p.effects {
		k := key{e.From, e.To, follows(p.plan.Before, e.Sender) && follows(after, e.Sender)}
		i, known := at[k]
		if !known {
			i = len(groups)
			at[k] = i
			groups = append(groups, targetGroup{from: e.From, to: e.To, follow: k.follow})
		}
		groups[i].targets = append(groups[i].targets, e.Sender)
	}
	return groups
}

// who names the targets of a group: a few by their names, more by their number.
func (g targetGroup) who(name func(callback.Target) string) string {
	if len(g.targets) > mostInline {
		who := fmt.Sprintf("%d senders", len(g.targets))
		if g.follow {
			who += " that follow the account"
		}
		return who
	}
	return joinTargets(g.targets, name)
}

func joinTargets(targets []callback.Target, name func(callback.Target) string) string {
	var names []string
	for _, t := range targets[:min(len(targets), mostListed)] {
		names = append(names, name(t))
	}
	text := strings.Join(names, ", ")
	if more := len(targets) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// listed are the lines with the targets of a group that who does not name. Of
// senders that follow the account, only those that fall silent are listed.
func (g targetGroup) listed() []output.Line {
	if len(g.targets) <= mostInline || g.follow && !g.silenced() {
		return nil
	}
	const width, indent = 76, "    "
	var lines []output.Line
	line := indent
	for _, word := range strings.SplitAfter(joinTargets(g.targets, targetName), " ") {
		if len(line)+len(word) > width && line != indent {
			lines = append(lines, plainLines(strings.TrimRight(line, " "))...)
			line = indent
		}
		line += word
	}
	return append(lines, plainLines(line)...)
}

// transition is a URL and the one that replaces it, or the one if both are shown
// alike.
func (a *app) transition(from, to callback.URL) string {
	if a.maskedChange(from, to) && !a.flags.showURLs {
		return a.url(to) + " " + tokenChanges
	}
	return a.orNone(from) + " -> " + a.orNone(to)
}

const tokenChanges = "(token changes)"

// maskedChange reports whether two URLs differ only in what is masked.
func (a *app) maskedChange(from, to callback.URL) bool {
	return !from.IsZero() && !to.IsZero() && from != to && a.mask(from) == a.mask(to) && !from.Same(to)
}

// withMaskedChange adds to the JSON of a value, if its URLs differ only in what is
// masked, that they do.
func (a *app) withMaskedChange(value any, from, to callback.URL) any {
	if !a.maskedChange(from, to) {
		return value
	}
	return output.Joined{value, map[string]bool{"masked_change": true}}
}

func (a *app) changeLines(g targetGroup) []output.Line {
	who := g.who(targetName) + ": "
	var first output.Line
	switch g.action {
	case callback.ActionCreate:
		first = output.Line{{Text: "+ create ", Color: output.Green}, {Text: who + a.url(g.to)}}
	case callback.ActionReplace:
		first = output.Line{{Text: "~ replace", Color: output.Yellow}, {Text: " " + who + a.transition(g.from, g.to)}}
	default:
		first = output.Line{{Text: "- delete ", Color: output.Red}, {Text: who + a.url(g.from)}}
	}
	return append([]output.Line{first}, g.listed()...)
}

func (a *app) effectLines(g targetGroup) []output.Line {
	who := "  " + g.who(callback.Target.Address)
	first := output.Line{{Text: who + ": " + a.transition(g.from, g.to)}}
	if g.silenced() {
		verb := "falls"
		if len(g.targets) > 1 {
			verb = "fall"
		}
		first = output.Line{{Text: fmt.Sprintf("%s: %s silent (now %s)", who, verb, a.url(g.from)), Color: output.Red}}
	}
	return append([]output.Line{first}, g.listed()...)
}
