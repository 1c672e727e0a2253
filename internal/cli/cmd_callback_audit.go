package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/pkg/callback"
)

type auditOptions struct {
	declaration declarationFlags
	report      reportFlags
	check       bool
	noPost      bool
	failOn      string
}

func newAuditCommand(a *app) *cobra.Command {
	o := auditOptions{}
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Find everything that is wrong or unusual in the callbacks of an account",
		Long: `Find everything that is wrong or unusual in the callbacks of an account:

  silent        error    a sender address has no effective callback
  RULE          its own  a callback breaks a rule, see 'sesctl callback rules'
  unregistered  warning  a callback is for a sender that the account does not have
  borrowed      warning  a process that was killed has left a callback borrowed
  pending       warning  a change was interrupted, and its outcome is unknown
  redundant     note     a sender's callback has the URL of the account's

With -f also:

  drift         warning  a callback differs from the declaration
  unmanaged     warning  the declaration does not name a callback; error with
                         --unmanaged fail

With --check also:

  unreachable   error    a callback cannot receive events
  certificate   warning  a certificate expires in less than 14 days

Nothing is changed. The exit status is 3 if a finding is at or above --fail-on.`,
		Example: `  sesctl callback audit

  # In CI: exit status 3 for warnings too, also if the account differs from the declaration
  sesctl callback export > callbacks.yaml
  sesctl callback audit -f callbacks.yaml --fail-on warning

  # Exit status 3 if a callback of any profile cannot receive events
  sesctl callback audit --check --no-post --all-profiles -o markdown --report junit=audit.xml > audit.md`,
		Args:        noArgs,
		Annotations: map[string]string{allowsMarkdown: "yes"},
		RunE:        a.run(func(ctx context.Context, _ []string) error { return runAudit(ctx, a, o) }),
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.declaration.files, "file", "f", nil, "compare with the declaration `FILE`; repeatable; - is standard input")
	f.StringVar(&o.declaration.unmanaged, "unmanaged", "", "`WHAT` to do about callbacks that the declaration does not name: report, fail or keep")
	f.BoolVar(&o.check, "check", false, "check that callbacks can receive events, as 'callback check' does")
	f.BoolVar(&o.noPost, "no-post", false, "send no sample event with --check")
	f.StringVar(&o.failOn, "fail-on", string(report.Error), "exit with status 3 for findings at or above `SEVERITY`: error, warning or note")
	o.report.add(cmd)
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json")
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(severities(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("unmanaged", cobra.FixedCompletions(manifest.UnmanagedValues(), cobra.ShellCompDirectiveNoFileComp))
	return withColumns(a.takesProfiles(cmd), auditColumns)
}

func (o auditOptions) validate() error {
	switch {
	case !slices.Contains(severities(), o.failOn):
		return failure.New(failure.Usage, "--fail-on %s: it must be one of %s", callback.Quote(o.failOn), strings.Join(severities(), ", "))
	case o.declaration.unmanaged != "" && len(o.declaration.files) == 0:
		return failure.New(failure.Usage, "--unmanaged needs a declaration").WithHint("name its file with -f FILE")
	case o.noPost && !o.check:
		return failure.New(failure.Usage, "--no-post needs --check").WithHint("add --check, or leave out --no-post")
	}
	return o.declaration.check()
}

func runAudit(ctx context.Context, a *app, o auditOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	reports, err := o.report.parse(o.declaration.files...)
	if err != nil {
		return err
	}
	audits, err := o.audits(ctx, a)
	if err != nil {
		return err
	}
	for _, one := range audits {
		one.run(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	reportErr := a.writeReports(reports, func() []report.Suite { return auditSuites(audits) })
	if err := a.printAudits(audits); err != nil {
		return err
	}
	if err := a.auditErrors(audits); err != nil {
		return err
	}
	if reportErr != nil {
		return reportErr
	}
	return o.verdict(audits)
}

// audits returns an audit for each profile. None has begun.
func (o auditOptions) audits(ctx context.Context, a *app) ([]*audit, error) {
	var declaration manifest.Declaration
	declared := len(o.declaration.files) > 0
	if declared {
		var err error
		declaration, err = await(ctx, func() (manifest.Declaration, error) { return o.declaration.read(a) })
		if err != nil {
			return nil, err
		}
	}
	accounts, err := a.readAccounts(declaration.Profiles...)
	if err != nil {
		return nil, err
	}
	a.loansShown = true // they are among the findings
	a.declared = callback.Masking{}.WithDeclared(declaration.Rows)
	audits := make([]*audit, len(accounts))
	for i, at := range accounts {
		if _, err := a.checkDeclaration(at, declaration); err != nil {
			return nil, err
		}
		audits[i] = &audit{app: a, at: at, options: o, declared: declared, declaration: declaration}
	}
	return audits, nil
}

func (a *app) auditErrors(audits []*audit) error {
	var accounts []*account.Account
	var errs []error
	for _, one := range audits {
		accounts, errs = append(accounts, one.at), append(errs, one.err)
	}
	return a.merge(accounts, errs)
}

func (o auditOptions) verdict(audits []*audit) error {
	n := 0
	for _, one := range audits {
		for _, f := range one.findings {
			if slices.Index(severities(), string(f.Severity)) <= slices.Index(severities(), o.failOn) {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	what := count(n, "finding")
	if o.failOn == string(report.Error) {
		return failure.New(failure.Finding, "%s of severity error", what)
	}
	return failure.New(failure.Finding, "%s of severity %s or above", what, o.failOn)
}

var auditColumns = []output.Column{
	{Name: "severity", Paint: paintSeverity, Keep: true}, {Name: "check", Keep: true, Verbatim: true}, {Name: "target", Fit: output.Address, Keep: true},
	{Name: "callback", Fit: output.URL}, {Name: "message", Fit: output.Sentences, Keep: true},
	{Name: "hint", Fit: output.Sentences, Wide: true}, {Name: "profile", Wide: true, Verbatim: true},
}
