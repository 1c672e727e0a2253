package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// changeView is a change in JSON and YAML.
type changeView struct {
	Action callback.Action `json:"action"`
	Scope  callback.Scope  `json:"scope"`
	Sender string          `json:"sender"` // "" for the account
	Old    string          `json:"old"`
	New    string          `json:"new"`
}

func viewChange(c callback.Change) changeView {
	return changeView{c.Action, c.Target.Scope(), c.Target.Address(), c.Old, c.New}
}

type effectView struct {
	Sender string `json:"sender"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// planView is a plan in JSON and YAML.
type planView struct {
	Changes  []changeView `json:"changes"`
	Effects  []effectView `json:"effects"`
	Checksum string       `json:"checksum"`
}

// planned is a plan and what it does to the senders of the account.
type planned struct {
	plan    callback.Plan
	effects []callback.Effect
}

func planFor(snapshot callback.Snapshot, desired callback.Set) planned {
	plan := callback.Diff(snapshot.Callbacks, desired)
	return planned{plan: plan, effects: plan.Effects(snapshot.SenderTargets())}
}

func (p planned) view() planView {
	v := planView{Changes: []changeView{}, Effects: []effectView{}, Checksum: p.plan.Checksum()}
	for _, c := range p.plan.Changes {
		v.Changes = append(v.Changes, viewChange(c))
	}
	for _, e := range p.effects {
		v.Effects = append(v.Effects, effectView{e.Sender.Address(), e.From, e.To})
	}
	return v
}

// lines tells the plan to people.
func (p planned) lines(a *app, color bool) []string {
	if len(p.plan.Changes) == 0 {
		return []string{"no changes: the account is as declared", "checksum: " + p.plan.Checksum()}
	}
	var lines []string
	for _, c := range p.plan.Changes {
		lines = append(lines, a.changeLine(c, color))
	}
	lines = append(lines, "", p.summary())
	if len(p.effects) > 0 {
		lines = append(lines, "", "Where events go then:")
	}
	for _, e := range p.effects {
		lines = append(lines, "  "+a.effectLine(e, color))
	}
	return append(lines, "", "checksum: "+p.plan.Checksum())
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
	return summary
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (a *app) changeLine(c callback.Change, color bool) string {
	switch c.Action {
	case callback.ActionCreate:
		return output.Green.Paint("+ create ", color) + fmt.Sprintf("%s: %s", targetName(c.Target), a.url(c.New))
	case callback.ActionReplace:
		return output.Yellow.Paint("~ replace", color) + fmt.Sprintf(" %s: %s -> %s", targetName(c.Target), a.url(c.Old), a.url(c.New))
	}
	return output.Red.Paint("- delete ", color) + fmt.Sprintf("%s: %s", targetName(c.Target), a.url(c.Old))
}

func (a *app) effectLine(e callback.Effect, color bool) string {
	if e.Silenced() {
		return output.Red.Paint(fmt.Sprintf("%s: falls silent (now %s)", e.Sender, a.url(e.From)), color)
	}
	return fmt.Sprintf("%s: %s -> %s", e.Sender, a.orNone(e.From), a.orNone(e.To))
}

func (p planned) result(a *app) output.Result {
	r := output.Result{Data: p.view(), Quiet: []string{p.plan.Checksum()}, Markdown: p.markdown(a)}
	r.Text = p.lines(a, a.color(a.env.StdoutTerminal))
	return r
}

// markdown is the plan as a comment on a pull request.
func (p planned) markdown(a *app) string {
	var out strings.Builder
	out.WriteString("### SES callbacks\n\n")
	if len(p.plan.Changes) == 0 {
		out.WriteString("No changes: the account is as declared.\n")
	} else {
		fmt.Fprintf(&out, "**%s**\n\n", p.summary())
		if len(p.effects) > 0 {
			out.WriteString("| sender | events go to | then to |\n|---|---|---|\n")
		}
		for _, e := range p.effects {
			to := code(a.orNone(e.To))
			if e.Silenced() {
				to = "**nowhere**"
			}
			fmt.Fprintf(&out, "| %s | %s | %s |\n", code(e.Sender.Address()), code(a.orNone(e.From)), to)
		}
		out.WriteString("\n<details><summary>Changes</summary>\n\n| change | target | from | to |\n|---|---|---|---|\n")
		for _, c := range p.plan.Changes {
			fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", c.Action, code(targetName(c.Target)), code(a.orNone(c.Old)), code(a.orNone(c.New)))
		}
		out.WriteString("\n</details>\n")
	}
	fmt.Fprintf(&out, "\nChecksum: `%s`\n", p.plan.Checksum())
	return out.String()
}

// code is text that Markdown shows as it is, also inside a table.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(text) + "`"
}
