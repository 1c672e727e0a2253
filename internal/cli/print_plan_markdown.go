package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// maxMarkdown bounds the tables of a plan in bytes: GitHub takes a comment of
// 65,536 characters, and refuses a longer one as a whole.
const maxMarkdown = 50_000

// plansMarkdown is the plan as a comment on a pull request, with a section for
// each place. Apply is the command that does it, without the checksum.
func plansMarkdown(a *app, places []*place, apply []string) string {
	var out strings.Builder
	out.WriteString("### SES callbacks\n")
	for _, p := range places {
		if len(places) > 1 {
			fmt.Fprintf(&out, "\n#### Profile %s\n", code(p.app.profile()))
		}
		if p.err != nil {
			fmt.Fprintf(&out, "\n**No plan:** %s\n", code(p.app.withoutSecrets(p.err.Error())))
			continue
		}
		p.planned.markdown(p.app, &out, maxMarkdown/len(places))
	}
	if sum := checksum(places); sum != "" {
		command := append(slices.Clip(apply), "--expect", sum)
		if anyDeletesMany(places) {
			command = append(command, "--force")
		}
		fmt.Fprintf(&out, "\nTo do exactly this: %s\n", codeSpan(failure.Command(command...)))
	}
	return out.String()
}

// anyDeletesMany reports whether a plan needs --force.
func anyDeletesMany(places []*place) bool {
	return slices.ContainsFunc(places, func(p *place) bool { return p.planned.plan.DeletesMany() })
}

func (p planned) markdown(a *app, out *strings.Builder, limit int) {
	if len(p.plan.Changes) == 0 {
		out.WriteString("\nNo changes: the account is as declared.\n")
		return
	}
	if silenced := p.silenced(); len(silenced) > 0 {
		shown := silenced[:min(len(silenced), maxSilenced)]
		fmt.Fprintf(out, "\n> **%s silent:** %s", plural(len(silenced), "sender falls", "senders fall"), strings.Join(shown, ", "))
		if more := len(silenced) - len(shown); more > 0 {
			fmt.Fprintf(out, " and %d more", more)
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(out, "\n%s.\n", p.summary())
	if len(p.effects) > 0 {
		out.WriteString("\n| sender | events go to | then to |\n|---|---|---|\n")
		writeRows(out, limit/2, len(p.effects), "| … | and %d more | |\n", func(i int) string {
			e := p.effects[i]
			to := code(a.orNone(e.To))
			if e.Silenced() {
				to = "**nowhere**"
			}
			return fmt.Sprintf("| %s | %s | %s |\n", code(e.Sender.Address()), code(a.orNone(e.From)), to)
		})
	}
	fmt.Fprintf(out, "\n<details><summary>%s, in this order</summary>\n\n| change | target | from | to |\n|---|---|---|---|\n", count(len(p.plan.Changes), "change"))
	writeRows(out, limit/2, len(p.plan.Changes), "| … | and %d more | | |\n", func(i int) string {
		c := p.plan.Changes[i]
		return fmt.Sprintf("| %s | %s | %s | %s |\n", c.Action, code(targetName(c.Target)), code(a.orNone(c.Old)), code(a.orNone(c.New)))
	})
	out.WriteString("\n</details>\n")
}

// maxSilenced is how many senders the first line of a plan names.
const maxSilenced = 20

func (p planned) silenced() []string {
	var addresses []string
	for _, e := range p.effects {
		if e.Silenced() {
			addresses = append(addresses, code(e.Sender.Address()))
		}
	}
	return addresses
}

// writeRows writes n rows, as far as they fit, and says how many did not.
func writeRows(out *strings.Builder, limit, n int, more string, row func(int) string) {
	end := out.Len() + limit
	for i := range n {
		text := row(i)
		if out.Len()+len(text) > end {
			fmt.Fprintf(out, more, n-i)
			return
		}
		out.WriteString(text)
	}
}

// codeSpan is text that Markdown shows as it is, unchanged, outside of a table: it
// stands between more backticks than it holds (CommonMark, section 6.1).
func codeSpan(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// code is text that Markdown shows as it is, also inside a table.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(text) + "`"
}

// applyCommand is the command that does a plan, in words as a user would type them.
func applyCommand(a *app, d declarationFlags, declared []string) []string {
	words := []string{"sesctl", "callback", "apply"}
	for _, name := range a.flags.profiles {
		if len(declared) == 0 || len(a.flags.profiles) < len(declared) {
			words = append(words, "--profile", name)
		}
	}
	for _, file := range d.files {
		words = append(words, "-f", file)
	}
	if d.prune {
		words = append(words, "--prune")
	}
	return words
}
