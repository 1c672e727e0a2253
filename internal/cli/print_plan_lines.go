package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	mostInline   = 3  // targets of a group that are named before its URL
	leastListed  = 3  // targets that each of many lists names
	mostGroups   = 24 // groups that are all shown
	firstGroups  = 3  // groups of each kind that are shown if there are more
	detailIndent = "    "
	replacedBy   = " -> " // as wide as detailIndent
	textWidth    = 80     // cells, if the width of the terminal is unknown
)

func plainLines(texts ...string) []output.Line {
	lines := make([]output.Line, len(texts))
	for i, text := range texts {
		lines[i] = output.Line{{Text: text}}
	}
	return lines
}

// changeLine is one change on one line, for the report of its outcome.
func (a *app) changeLine(c callback.Change) output.Line {
	line := changeSign(c.Action)
	line[1].Text += targetName(c.Target)
	switch {
	case c.Blind && c.Action == callback.ActionDelete: // its URL was not read
	case c.Action == callback.ActionDelete:
		line[1].Text += ": " + a.url(c.Old)
	case c.Blind || c.Action == callback.ActionCreate:
		line[1].Text += ": " + a.url(c.New)
	default:
		line[1].Text += ": " + a.transition(c.Old, c.New)
	}
	return line
}

// changeSign is the beginning of a line about a change.
func changeSign(action callback.Action) output.Line {
	switch action {
	case callback.ActionCreate:
		return output.Line{{Text: "+ create ", Color: output.Green}, {}}
	case callback.ActionReplace:
		return output.Line{{Text: "~ replace", Color: output.Yellow}, {Text: " "}}
	}
	return output.Line{{Text: "- delete ", Color: output.Red}, {}}
}

// groupLines returns the lines of groups. If there are very many, only the first
// groups of each kind have lines; the account always has.
func (a *app) groupLines(groups []targetGroup, of func(targetGroup) []output.Line) []output.Line {
	type kind struct {
		action   callback.Action
		silenced bool
	}
	shown, hidden := map[kind]int{}, 0
	var lines []output.Line
	for _, g := range groups {
		k := kind{g.action, g.silenced()}
		if len(groups) > mostGroups && !a.flags.wide && shown[k] == firstGroups && !g.targets[0].IsAccount() {
			hidden += len(g.targets)
			continue
		}
		shown[k]++
		lines = append(lines, of(g)...)
	}
	if hidden > 0 {
		lines = append(lines, plainLines(fmt.Sprintf("  … and %s (-o wide shows them)", plural(hidden, "other sender", "other senders")))...)
	}
	return lines
}

// changeLines are the changes of a group as people review them.
func (a *app) changeLines(g targetGroup) []output.Line {
	first := changeSign(g.action)
	who, listed := a.who(g, targetName)
	first[1].Text += who + ":"
	url := g.to
	if g.action == callback.ActionDelete {
		url = g.from
	}
	if g.action != callback.ActionReplace {
		return withDetail(first, listed, a.url(url))
	}
	return a.withTransition(first, listed, g)
}

// effectLines are the effects of a group as people review them.
func (a *app) effectLines(g targetGroup) []output.Line {
	who, listed := a.who(g, callback.Target.Address)
	who = "  " + who + ":"
	switch {
	case g.silenced():
		loses := " loses its events"
		if len(g.targets) > 1 {
			loses = " lose their events"
		}
		first := output.Line{{Text: strings.TrimSuffix(who, ":") + loses, Color: output.Red}}
		return withDetail(first, listed, "(now "+a.url(g.from)+")")
	case g.from.IsZero():
		return withDetail(output.Line{{Text: who}}, listed, "none -> "+a.url(g.to))
	}
	return a.withTransition(output.Line{{Text: who}}, listed, g)
}

// withTransition adds the old URL and the new one below the first line of a group.
// They are aligned, and what differs has a color. If both look the same because of
// what is masked, it is one URL with a note on the first line.
func (a *app) withTransition(first output.Line, listed []output.Line, g targetGroup) []output.Line {
	if a.hiddenChange(g.from, g.to) {
		return withDetail(first, listed, a.url(g.to)+" "+tokenChanges)
	}
	from, to := difference(a.url(g.from), a.url(g.to))
	lines := append([]output.Line{first}, listed...)
	return append(lines,
		append(output.Line{{Text: detailIndent}}, from.paint(output.Red)...),
		append(output.Line{{Text: replacedBy}}, to.paint(output.Green)...))
}

// withDetail adds text to the first line of a group.
func withDetail(first output.Line, listed []output.Line, text string) []output.Line {
	first = append(first, output.Span{Text: " " + text, Color: first[len(first)-1].Color})
	return append([]output.Line{first}, listed...)
}

// who names the targets of a group: a few by their names, more by their number and
// in lines of their own. Senders that follow the account are listed only if they
// lose their events.
func (a *app) who(g targetGroup, name func(callback.Target) string) (string, []output.Line) {
	if len(g.targets) <= mostInline {
		return firstTargets(g.targets, mostInline, name), nil
	}
	who := g.number()
	if g.follow && !g.silenced() {
		return who, nil
	}
	most := max(leastListed, mostListed/g.groups)
	switch {
	case a.flags.wide:
		most = len(g.targets)
	case g.action == "" && !g.silenced(): // most of them are in a change
		most = leastListed
	}
	names := firstTargets(g.targets, most, name)
	if len(g.targets) > most {
		names += " (-o wide names them)"
	}
	var lines []output.Line
	for _, line := range output.Wrap(names, a.planWidth()-len(detailIndent)) {
		lines = append(lines, plainLines(detailIndent+line)...)
	}
	return who, lines
}

// number counts the targets of a group.
func (g targetGroup) number() string {
	if g.follow {
		return fmt.Sprintf("%d senders that follow the account", len(g.targets))
	}
	return fmt.Sprintf("%d senders", len(g.targets))
}

// planWidth is the width of the names in a plan, in cells.
func (a *app) planWidth() int {
	if a.env.Width > 0 {
		return min(a.env.Width, textWidth)
	}
	return textWidth
}

// differing is a text with the part of it that differs from another text.
type differing struct{ before, part, after string }

func (d differing) paint(color output.Color) output.Line {
	return output.Line{{Text: d.before}, {Text: d.part, Color: color}, {Text: d.after}}
}

// difference returns the parts in which two URLs differ. A part begins and ends
// between components, so that a port or a path segment is highlighted as a whole.
func difference(a, b string) (differing, differing) {
	x, y := components(a), components(b)
	start := 0
	for start < min(len(x), len(y)) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	split := func(words []string) differing {
		last := len(words) - end
		return differing{strings.Join(words[:start], ""), strings.Join(words[start:last], ""), strings.Join(words[last:], "")}
	}
	return split(x), split(y)
}

// components splits a URL before and after its delimiters (RFC 3986, section 2.2).
func components(url string) []string {
	var words []string
	for url != "" {
		n := strings.IndexAny(url, ":/?#[]@&=.")
		if n < 0 {
			n = len(url)
		}
		words, url = append(words, url[:max(n, 1)]), url[max(n, 1):]
	}
	return words
}
