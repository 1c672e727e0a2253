package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/pkg/callback"
)

// reportFlags are the flags that name report files.
type reportFlags struct{ specs []string }

func (o *reportFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.specs, "report", nil, "write a report to a file: `FORMAT=FILE`, with FORMAT junit or sarif; repeatable")
}

type reportFile struct{ format, path string }

// parse returns the reports to write. A report must not replace the other files that the
// command reads or writes.
func (o *reportFlags) parse(others ...string) ([]reportFile, error) {
	var reports []reportFile
	for _, spec := range o.specs {
		format, path, found := strings.Cut(spec, "=")
		if !found || path == "" {
			return nil, failure.New(failure.Usage, "--report %s: it is not FORMAT=FILE", callback.Quote(spec)).
				WithHint("write it like --report junit=report.xml")
		}
		if path == "-" {
			return nil, failure.New(failure.Usage, "--report %s: a report needs a file, because standard output is for the result", spec).
				WithHint("name a file, as in --report %s=report.xml", format)
		}
		if _, err := (report.Report{}).Write(format); err != nil {
			return nil, failure.New(failure.Usage, "--report: %w", err)
		}
		for _, other := range others {
			if other != "" && (path == other || files.Same(path, other)) {
				return nil, failure.New(failure.Usage, "--report %s: it would replace %s", spec, other).WithHint("name another file")
			}
		}
		reports, others = append(reports, reportFile{format, path}), append(others, path)
	}
	return reports, nil
}

// These are the rules that reports have besides the rules for callbacks.
const (
	ruleForm         = "declaration-form"
	ruleAccount      = "account-unreadable"
	ruleChange       = "change-pending"
	ruleSilent       = "sender-silent"
	ruleUnregistered = "sender-unregistered"
	ruleUnmanaged    = "callback-unmanaged"
)

func reportRules() []report.Rule {
	var rules []report.Rule
	for _, r := range callback.Rules() {
		rules = append(rules, report.Rule{ID: r.ID, Level: report.Level(r.Severity), Summary: r.Summary, Source: r.Source})
	}
	return append(rules,
		report.Rule{ID: ruleForm, Level: report.Error, Source: "sesctl callback schema", Summary: "the form of a declaration is correct"},
		report.Rule{ID: ruleAccount, Level: report.Error, Source: "sesctl callback plan", Summary: "the account can be read"},
		report.Rule{ID: ruleChange, Level: report.Note, Source: "sesctl callback plan", Summary: "the account is as declared"},
		report.Rule{ID: ruleSilent, Level: report.Warning, Source: "sesctl callback plan", Summary: "no sender loses its events"},
		report.Rule{ID: ruleUnregistered, Level: report.Warning, Source: "SES document 1084/40183", Summary: "the sender address is registered in the account"},
		report.Rule{ID: ruleUnmanaged, Level: report.Note, Source: "sesctl callback plan", Summary: "the declaration names the callback"},
	)
}

// writeReports writes the report files. In GitHub Actions it also prints annotations on
// stderr, because stdout is for results. With -o json it does not, because then programs
// read stderr.
func (a *app) writeReports(reports []reportFile, suites func() []report.Suite) error {
	annotate := a.env.Getenv("GITHUB_ACTIONS") == "true" && a.flags.format != output.FormatJSON
	if !annotate && len(reports) == 0 {
		return nil
	}
	r := report.Report{Version: a.env.Build.Version, Rules: append(reportRules(), auditRules()...), Suites: suites()}
	if annotate {
		fmt.Fprint(a.env.Stderr, r.Annotations())
	}
	for _, file := range reports {
		text, err := r.Write(file.format)
		if err == nil {
			err = files.Write(file.path, text, 0o644)
		}
		if err != nil {
			return failure.New(failure.Failure, "cannot write the report: %w", err).WithHints(files.Advice(err))
		}
	}
	return nil
}

// placeOf returns a position for a report, in which files have their names in the
// workspace.
func (a *app) placeOf(p callback.Position) report.Place {
	if p.File == manifest.Stdin || p == (callback.Position{}) {
		return report.Place{}
	}
	return report.Place{File: a.inWorkspace(p.File), Line: p.Line, Column: p.Column}
}

// inWorkspace returns a path relative to the folder that CI checked out, because tools
// that show reports look files up there. The folder comes from the variable of GitHub
// Actions or GitLab, otherwise it is the working directory. A path outside of it is
// returned cleaned.
func (a *app) inWorkspace(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(filepath.Clean(path))
	}
	here, _ := filepath.Abs(".")
	for _, root := range []string{a.env.Getenv("GITHUB_WORKSPACE"), a.env.Getenv("CI_PROJECT_DIR"), here} {
		if root == "" {
			continue
		}
		for _, file := range []string{absolute, realPath(absolute)} {
			if relative, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(relative) {
				return filepath.ToSlash(relative)
			}
			root = realPath(root)
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// realPath returns a path without symbolic links, or the path itself if it cannot be
// resolved.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func (a *app) problemFinding(p callback.Problem) report.Finding {
	return report.Finding{Rule: p.Rule, Level: report.Level(p.Severity), Message: a.withoutSecrets(p.Message), Hint: p.Hint, Place: a.placeOf(p.Position)}
}

// formCase returns the report case for whether the declaration could be read.
func (a *app) formCase(err error) report.Case {
	c := report.Case{Name: "declaration"}
	var all manifest.Errors
	switch {
	case errors.As(err, &all):
		for _, e := range all {
			c.Findings = append(c.Findings, report.Finding{Rule: ruleForm, Level: report.Error, Message: e.Message, Place: a.placeOf(e.Position)})
		}
	case err != nil:
		c.Findings = append(c.Findings, report.Finding{Rule: ruleForm, Level: report.Error, Message: a.withoutSecrets(err.Error())})
	}
	return c
}

// declaredCases returns one report case for each row, with the problems of that row.
func (a *app) declaredCases(declaration manifest.Declaration, problems []callback.Problem) []report.Case {
	cases := make([]report.Case, len(declaration.Rows))
	for i, row := range declaration.Rows {
		cases[i] = report.Case{Name: rowName(row), Place: a.placeOf(row.Position)}
	}
	for _, p := range problems {
		cases[p.Index].Findings = append(cases[p.Index].Findings, a.problemFinding(p))
	}
	return cases
}

// rowName returns the target of a row. A target that is not an address may be a URL in
// the wrong place, so it is masked.
func rowName(row callback.Declared) string {
	if row.Account {
		return string(callback.ScopeAccount)
	}
	if target, err := callback.ParseSender(row.Sender); err == nil {
		return target.Address()
	}
	return strings.Trim(callback.Quote(callback.Mask(row.Sender)), `"`)
}
