package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/pkg/callback"
)

// printAudits prints a table for each audit. Other formats hold all audits at once.
func (a *app) printAudits(audits []*audit) error {
	if a.flags.format == output.FormatTable && !a.flags.quiet {
		for i, one := range audits {
			r := one.table()
			if len(audits) > 1 {
				r.Heading = strings.Repeat("\n", min(i, 1)) + "Profile " + one.at.Profile() + ":"
			}
			if one.err == nil || len(one.findings) > 0 {
				if err := a.print(r); err != nil {
					return err
				}
			}
		}
		return nil
	}
	r := output.Result{Markdown: auditMarkdown(audits)}
	data := []auditFinding{}
	for _, one := range audits {
		data = append(data, one.findings...)
		r.Quiet = append(r.Quiet, one.quiet()...)
	}
	r.Data = data
	if a.flags.format != output.FormatMarkdown && len(data) == 0 && !slices.ContainsFunc(audits, (*audit).finished) {
		return nil // an empty list is the answer for an account without findings
	}
	return a.print(r)
}

func (u *audit) finished() bool { return u.err == nil }

// quiet is a line for each finding: its check and its target.
func (u *audit) quiet() []string {
	var lines []string
	for _, f := range u.findings {
		lines = append(lines, f.Check+" "+targetName(f.target))
	}
	return lines
}

func (u *audit) table() output.Result {
	r := output.Result{Table: &output.Table{Columns: auditColumns, Empty: "nothing found"}}
	for _, f := range u.findings {
		url := ""
		if !f.url.IsZero() {
			url = u.app.url(f.url)
		}
		r.Table.Rows = append(r.Table.Rows, []string{string(f.Severity), f.Check, targetName(f.target), url,
			u.app.withoutSecrets(f.Message) + servesText(f), f.Hint, f.Profile})
	}
	return r
}

// servesText names how many senders a finding about the account concerns.
func servesText(f auditFinding) string {
	if !f.target.IsAccount() || len(f.Senders) == 0 {
		return ""
	}
	return " (serves " + count(len(f.Senders), "sender") + ")"
}

// auditMarkdown returns the audits as a comment on a pull request.
func auditMarkdown(audits []*audit) string {
	var out strings.Builder
	out.WriteString("### Audit of SES callbacks\n")
	for _, one := range audits {
		if len(audits) > 1 {
			fmt.Fprintf(&out, "\n#### Profile %s\n", code(one.at.Profile()))
		}
		if settings := one.at.Known(); settings != nil {
			fmt.Fprintf(&out, "\nOn %s.\n", code(placeText(*settings)))
		}
		switch {
		case one.err != nil:
			fmt.Fprintf(&out, "\n**Not finished:** %s\n", code(one.app.texts.Text(one.app.withoutSecrets(one.err.Error()))))
		case len(one.findings) == 0:
			out.WriteString("\nNothing found.\n")
		}
		one.markdown(&out, maxMarkdown/len(audits))
	}
	return out.String()
}

func (u *audit) markdown(out *strings.Builder, limit int) {
	if len(u.findings) == 0 {
		return
	}
	out.WriteString("\n| severity | check | target | callback | message |\n|---|---|---|---|---|\n")
	writeTableRows(out, limit, len(u.findings), "| … | and %d more | | | |\n", func(i int) string {
		f := u.findings[i]
		return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", f.Severity, f.Check, code(targetName(f.target)), code(u.app.maskedOrNone(f.url)), code(u.app.masking().MaskText(f.Message)+servesText(f)))
	})
}

// auditSuites returns a suite for each audit. It has a case for each target with a
// callback or a finding.
func auditSuites(audits []*audit) []report.Suite {
	var suites []report.Suite
	for _, one := range audits {
		name := "sesctl callback audit"
		if one.app.several() {
			name += ": profile " + one.at.Profile()
		}
		suites = append(suites, report.Suite{Name: name, Cases: one.cases()})
	}
	return suites
}

func (u *audit) cases() []report.Case {
	read := report.Case{Name: "reading the account"}
	if u.err != nil {
		read.Findings = append(read.Findings, report.Finding{Rule: ruleAccount, Level: report.Error, Message: u.app.masking().MaskText(u.err.Error())})
	}
	cases := []report.Case{read}
	at := map[callback.Target]int{}
	place := func(t callback.Target) int {
		if _, known := at[t]; !known {
			at[t] = len(cases)
			cases = append(cases, report.Case{Name: targetName(t)})
		}
		return at[t]
	}
	for _, c := range u.snapshot.Callbacks.All() {
		place(c.Target)
	}
	for _, t := range u.snapshot.SenderTargets() {
		place(t)
	}
	for _, f := range u.findings {
		i := place(f.target)
		cases[i].Findings = append(cases[i].Findings, report.Finding{Rule: f.Check, Level: f.Severity, Message: u.app.masking().MaskText(f.Message), Hint: f.Hint})
	}
	return cases
}

// auditRules are the checks of an audit, for reports.
func auditRules() []report.Rule {
	const source = "sesctl callback audit"
	return []report.Rule{
		{ID: auditSilent, Level: report.Error, Source: source, Summary: "every sender address has an effective callback"},
		{ID: auditUnregistered, Level: report.Warning, Source: source, Summary: "the account has the sender address of every callback"},
		{ID: auditRedundant, Level: report.Note, Source: source, Summary: "the callback of a sender differs from the account's"},
		{ID: auditBorrowed, Level: report.Warning, Source: source, Summary: "no callback is left borrowed"},
		{ID: auditPending, Level: report.Warning, Source: source, Summary: "no change was interrupted"},
		{ID: auditUnmanaged, Level: report.Warning, Source: source, Summary: "the declaration names every callback"},
		{ID: auditDrift, Level: report.Warning, Source: source, Summary: "every callback is as declared"},
		{ID: auditUnreachable, Level: report.Error, Source: source, Summary: "every callback can receive events"},
		{ID: auditCertificate, Level: report.Warning, Source: source, Summary: "no certificate expires within 14 days"},
	}
}
