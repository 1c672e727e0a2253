package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// outcomeLine reports the outcome of one change.
func (a *app) outcomeLine(o callback.Outcome) string {
	change := a.changeLine(o.Change).Paint(false)
	switch {
	case o.Unknown():
		return fmt.Sprintf("outcome unknown: %s: %s", change, a.withoutSecrets(o.Err.Error()))
	case o.Err != nil:
		return fmt.Sprintf("failed: %s: %s", change, a.withoutSecrets(o.Err.Error()))
	}
	return "done: " + change
}

// reportUntried names the changes that were not begun, on one line: after an interrupt
// there may be hundreds.
func (a *app) reportUntried(p *place) {
	var untried []callback.Target
	var reason error
	for _, o := range inOrder(p.planned.plan, p.applied.Failed) {
		if o.Untried() {
			untried, reason = append(untried, o.Change.Target), o.Err
		}
	}
	if len(untried) == 0 {
		return
	}
	most := mostListed
	if a.flags.wide {
		most = len(untried)
	}
	line := fmt.Sprintf("%v: %s: %s", reason, count(len(untried), "change"), firstTargets(untried, most, targetName))
	for _, folded := range (output.Line{{Text: a.texts.Text(line)}}).Fold(a.env.Width) {
		a.inform("%s", folded.Paint(false))
	}
}

type appliedView struct {
	Applied   []callback.Change `json:"applied"`
	Failed    []output.Joined   `json:"failed"` // the change, and its error
	Unchanged int               `json:"unchanged"`
	Place     placeView         `json:"place"`
}

// profileAppliedView is the result of one plan if there are several profiles.
type profileAppliedView struct {
	Profile string `json:"profile"`
	appliedView
	Error string `json:"error,omitempty"`
}

func (a *app) appliedResult(places []*place) output.Result {
	type several struct {
		Profiles []profileAppliedView `json:"profiles"`
	}
	var r output.Result
	var all several
	for _, p := range places {
		v := a.appliedView(p)
		line := fmt.Sprintf("%s%d applied, %d failed, %d unchanged", a.label(p.at), len(v.Applied), len(v.Failed), v.Unchanged)
		r.Quiet, r.Text, r.Data = append(r.Quiet, line), append(r.Text, line), v
		one := profileAppliedView{Profile: p.at.Profile(), appliedView: v}
		if p.err != nil {
			one.Error = a.withoutSecrets(p.err.Error())
		}
		all.Profiles = append(all.Profiles, one)
	}
	if len(places) > 1 {
		r.Data = all
	}
	return r
}

func (a *app) appliedView(p *place) appliedView {
	plan := p.planned.plan
	v := appliedView{Applied: []callback.Change{}, Failed: []output.Joined{}, Unchanged: unchanged(plan), Place: placeAt(p.at)}
	for _, o := range inOrder(plan, p.applied.Done) {
		v.Applied = append(v.Applied, o.Change)
	}
	for _, o := range inOrder(plan, p.applied.Failed) {
		v.Failed = append(v.Failed, output.Joined{o.Change, map[string]string{"error": a.withoutSecrets(o.Err.Error())}})
	}
	return v
}

// inOrder returns outcomes in the order of the plan.
func inOrder(plan callback.Plan, outcomes []callback.Outcome) []callback.Outcome {
	place := make(map[callback.Target]int, len(plan.Changes))
	for i, c := range plan.Changes {
		place[c.Target] = i
	}
	return slices.SortedFunc(slices.Values(outcomes), func(x, y callback.Outcome) int {
		return cmp.Compare(place[x.Change.Target], place[y.Change.Target])
	})
}

// unchanged counts the callbacks that the plan does not change. A plan that was made
// without reading the account has none: its changes are not about known callbacks.
func unchanged(plan callback.Plan) int {
	n := plan.Before.Len()
	for _, c := range plan.Changes {
		if !plan.Before.URL(c.Target).IsZero() {
			n--
		}
	}
	return n
}
