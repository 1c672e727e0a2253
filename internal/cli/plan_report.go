package cli

import (
	"fmt"

	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/pkg/callback"
)

const planSuite = "sesctl callback plan"

// planReport returns a suite for each place, with a case for each target that is
// declared, changes, or loses its events. Without --exit-code a change is a note, and
// a sender that loses its events is a warning. With --exit-code both are errors,
// because then the account must be as declared.
func (a *app) planReport(o planOptions, declaration manifest.Declaration, places []*place, err error) []report.Suite {
	if len(places) == 0 {
		return []report.Suite{{Name: planSuite, Cases: append([]report.Case{a.formCase(err)}, a.declaredCases(declaration, nil)...)}}
	}
	var suites []report.Suite
	for _, p := range places {
		name := planSuite
		if a.several() {
			name += ": profile " + p.at.Profile()
		}
		r := planReporter{app: a, cases: append([]report.Case{a.formCase(nil)}, a.declaredCases(declaration.For(p.at.Profile()), p.problems)...), change: report.Note, silent: report.Warning}
		if o.exitCode {
			r.change, r.silent = report.Error, report.Error
		}
		if len(o.declaration.files) > 0 && o.declaration.files[0] != "-" {
			r.file = a.placeOf(callback.Position{File: o.declaration.files[0], Line: 1, Column: 1})
		}
		suites = append(suites, report.Suite{Name: name, Cases: r.report(p)})
	}
	return suites
}

type planReporter struct {
	app            *app
	cases          []report.Case
	at             map[string]int // the case of each target
	change, silent report.Level
	file           report.Place // of findings that have no place in the declaration
}

// report returns the cases of a place, with the findings of its plan.
func (r *planReporter) report(p *place) []report.Case {
	if !p.read && p.err == nil || callback.HasErrors(p.problems) {
		return r.cases // nothing was contacted
	}
	read := report.Case{Name: "reading the account"}
	if p.err != nil {
		read.Findings = append(read.Findings, report.Finding{Rule: ruleAccount, Level: report.Error, Message: r.app.masking().MaskText(p.err.Error()), Place: r.file})
	}
	r.cases = append(r.cases, read)
	r.at = make(map[string]int, len(r.cases))
	for i, c := range r.cases {
		r.at[c.Name] = i
	}
	if !p.read {
		return r.cases
	}
	for _, c := range p.planned.plan.Changes {
		message := fmt.Sprintf("%s, from %s to %s", c.Action, r.app.maskedOrNone(c.Old), r.app.maskedOrNone(c.New))
		if r.app.maskedChange(c.Old, c.New) {
			message += " " + tokenChanges
		}
		r.add(targetName(c.Target), report.Finding{Rule: ruleChange, Level: r.change, Message: message})
	}
	for _, e := range p.planned.effects {
		if e.Silenced() {
			message := fmt.Sprintf("the sender loses its events: they go to %s now, and nowhere after the change", r.app.maskedOrNone(e.From))
			r.add(e.Sender.Address(), report.Finding{Rule: ruleSilent, Level: r.silent, Message: message})
		}
	}
	level := report.Note
	if p.planned.unmanaged.fail {
		level = report.Error
	}
	for _, c := range p.planned.unmanaged.callbacks {
		r.add(targetName(c.Target), report.Finding{Rule: ruleUnmanaged, Level: level, Message: "the declaration does not name this callback: " + r.app.maskedOrNone(c.URL)})
	}
	for _, t := range p.planned.unregistered {
		r.add(t.Address(), report.Finding{Rule: ruleUnregistered, Level: report.Warning, Message: "the account has no such sender address; SES refuses a callback for it"})
	}
	return r.cases
}

// add adds a finding to the case of its target. If there is no case, it is added too.
func (r *planReporter) add(target string, f report.Finding) {
	i, found := r.at[target]
	if !found {
		i = len(r.cases)
		r.at[target] = i
		r.cases = append(r.cases, report.Case{Name: target, Place: r.file})
	}
	f.Place = r.cases[i].Place
	r.cases[i].Findings = append(r.cases[i].Findings, f)
}
