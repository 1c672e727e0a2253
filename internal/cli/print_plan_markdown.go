package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// plansMarkdown returns the plan as a comment on a pull request, with a section for
// each place. apply is the command that applies it, without the checksum.
func (a *app) plansMarkdown(places []*place, apply []string) string {
	var out strings.Builder
	out.WriteString("### SES callbacks\n")
	for _, p := range places {
		if len(places) > 1 {
			fmt.Fprintf(&out, "\n#### Profile %s\n", code(p.at.Profile()))
		}
		if settings := p.at.Known(); settings != nil {
			fmt.Fprintf(&out, "\nOn %s.\n", code(placeText(*settings)))
		}
		if p.err != nil {
			fmt.Fprintf(&out, "\n**No plan:** %s\n", code(a.texts.Text(a.withoutSecrets(p.err.Error()))))
			continue
		}
		p.planned.markdown(a, &out, maxMarkdown/len(places))
	}
	if sum := checksum(places); sum != "" {
		command := append(slices.Clip(apply), "--expect", sum)
		if anyGuarded(places) {
			command = append(command, "--force")
		}
		fmt.Fprintf(&out, "\nTo do exactly this: %s\n", codeSpan(failure.Command(command...)))
	}
	return out.String()
}

// anyGuarded reports whether a plan needs --force.
func anyGuarded(places []*place) bool {
	return slices.ContainsFunc(places, func(p *place) bool { return p.planned.guarded() != "" })
}

func (p planned) markdown(a *app, out *strings.Builder, limit int) {
	if len(p.plan.Changes) == 0 {
		out.WriteString("\nNo changes: the account is as declared.\n")
		p.unmanaged.markdown(a, out, limit)
		return
	}
	if silenced := p.silenced(); len(silenced) > 0 {
		shown := silenced[:min(len(silenced), maxSilenced)]
		fmt.Fprintf(out, "\n> **%s:** %s", plural(len(silenced), "sender loses its events", "senders lose their events"), codes(shown))
		if more := len(silenced) - len(shown); more > 0 {
			fmt.Fprintf(out, " and %d more", more)
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(out, "\n%s.\n", p.summary())
	if groups := p.effectGroups(p.effects); len(groups) > 0 {
		out.WriteString("\n| sender | events go to | then to |\n|---|---|---|\n")
		writeTableRows(out, limit/2, len(groups), "| … | and %d more | |\n", func(i int) string {
			g := groups[i]
			to := a.replacementCell(g.from, g.to)
			if g.silenced() {
				to = "**nowhere**"
			}
			return fmt.Sprintf("| %s | %s | %s |\n", g.cell(), code(a.orNone(g.from)), to)
		})
	}
	p.unmanaged.markdown(a, out, limit/4)
	fmt.Fprintf(out, "\n<details><summary>%s, in this order</summary>\n\n| change | target | from | to |\n|---|---|---|---|\n", count(len(p.plan.Changes), "change"))
	groups := p.changeGroups()
	writeTableRows(out, limit/2, len(groups), "| … | and %d more | | |\n", func(i int) string {
		g := groups[i]
		return fmt.Sprintf("| %s | %s | %s | %s |\n", g.action, g.cell(), code(a.orNone(g.from)), a.replacementCell(g.from, g.to))
	})
	out.WriteString("\n</details>\n")
}

// maxSilenced is how many senders the first line of a plan names.
const maxSilenced = 20

func (u unmanaged) markdown(a *app, out *strings.Builder, limit int) {
	if len(u.callbacks) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n\n| target | URL |\n|---|---|\n", u.summary())
	writeTableRows(out, limit, len(u.callbacks), "| … | and %d more |\n", func(i int) string {
		c := u.callbacks[i]
		return fmt.Sprintf("| %s | %s |\n", code(targetName(c.Target)), code(a.url(c.URL)))
	})
}

// cell names the targets of a group in a table.
func (g targetGroup) cell() string {
	if len(g.targets) <= mostInline {
		return codes(g.targets)
	}
	who := g.number()
	if g.follow && !g.silenced() {
		return who
	}
	return who + ": " + firstTargets(g.targets, mostListed, func(t callback.Target) string { return code(targetName(t)) })
}
