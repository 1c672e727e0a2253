package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/pkg/callback"
)

type validateOptions struct {
	files  []string
	report reportFlags
	strict bool
	noEnv  bool
}

func newValidateCommand(a *app) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate (URL... | -f FILE)",
		Short: "Check URLs or a declaration against the rules, offline",
		Long: `Check URLs, or the callbacks of a declaration, against the rules. sesctl makes no
connection and needs no credentials. With --local or an endpoint on this machine,
hosts that the internet cannot reach are allowed.

A declaration is checked against the rules of each profile that --profile or the
declaration names. With --no-env, any value of ${NAME} is accepted, so a
declaration can be checked without its secrets.`,
		Example: `  sesctl callback validate https://hooks.example.com:8080/ses

  # A missing port breaks a rule: exit status 3
  sesctl callback validate https://hooks.example.com/ses`,
		Annotations: map[string]string{allowsProfiles: "yes"},
		RunE:        a.runRead(func(ctx context.Context, args []string) error { return runValidate(ctx, a, o, args) }),
	}
	cmd.Flags().StringArrayVarP(&o.files, "file", "f", nil, "declaration `FILE`; repeatable; - is standard input")
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json")
	o.report.add(cmd)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit with status 3 on warnings too")
	cmd.Flags().BoolVar(&o.noEnv, "no-env", false, "do not read the environment: accept any value of ${NAME}")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return withColumns(cmd, problemColumns)
}

func runValidate(ctx context.Context, a *app, o validateOptions, args []string) error {
	reports, err := o.report.parse(o.files...)
	if err != nil {
		return err
	}
	checked, err := o.check(ctx, a, args)
	reportErr := a.writeReports(reports, func() []report.Suite { return []report.Suite{a.validateSuite(checked, args, err)} })
	if err != nil {
		return err
	}
	if err := a.print(problemsResult(a, checked.problems)); err != nil {
		return err
	}
	if reportErr != nil {
		return reportErr
	}
	return o.verdict(checked.problems)
}

// validated is the result of a validation: the declaration or the URLs, and their
// problems.
type validated struct {
	declaration manifest.Declaration
	problems    []callback.Problem
}

func (o validateOptions) check(ctx context.Context, a *app, args []string) (validated, error) {
	switch {
	case len(args) > 0 && len(o.files) > 0:
		return validated{}, failure.New(failure.Usage, "URLs and -f cannot be used together")
	case o.noEnv && len(o.files) == 0:
		return validated{}, failure.New(failure.Usage, "--no-env needs a declaration").WithHint("name the file of the declaration with -f FILE")
	case len(args) == 0 && len(o.files) == 0:
		return validated{}, failure.New(failure.Usage, "missing URL").WithHint("give one or more URLs as arguments, or a declaration with -f FILE")
	}
	var c validated
	if len(o.files) > 0 {
		var err error
		if c.declaration, err = await(ctx, func() (manifest.Declaration, error) { return o.read(a) }); err != nil {
			return c, err
		}
	}
	a.declared = callback.Masking{}.WithDeclared(c.declaration.Rows)
	accounts, err := a.chooseAccounts(c.declaration.Profiles)
	if err != nil {
		return c, err
	}
	found := make([][]callback.Problem, len(accounts))
	for i, at := range accounts {
		policy, err := at.Policy()
		if err != nil {
			return c, err
		}
		policy.AnyValues = o.noEnv
		here := c.declaration.For(at.Profile())
		for _, p := range here.Check(policy) {
			p.Index = here.Whole(p.Index)
			found[i] = append(found[i], p)
		}
		for index, url := range args {
			for _, p := range callback.CheckURL(url, policy) {
				p.Index = index
				found[i] = append(found[i], p)
			}
		}
	}
	c.problems = a.common(accounts, found)
	return c, nil
}

func (o validateOptions) read(a *app) (manifest.Declaration, error) {
	if !o.noEnv {
		return a.readDeclaration(o.files)
	}
	return manifest.ReadFiles(o.files, a.env.Stdin, func(name string) (string, bool) { return "${" + name + "}", true })
}

// common returns the problems of all profiles, each once. If a problem concerns only
// some of the profiles, its message names them.
func (a *app) common(accounts []*account.Account, found [][]callback.Problem) []callback.Problem {
	times := map[callback.Problem]int{}
	for _, problems := range found {
		for _, p := range problems {
			times[p]++
		}
	}
	var all []callback.Problem
	for i, problems := range found {
		for _, p := range problems {
			switch n := times[p]; {
			case n == len(accounts) && i == 0:
				all = append(all, p)
			case n < len(accounts):
				p.Message = a.label(accounts[i]) + p.Message
				all = append(all, p)
			}
		}
	}
	return all
}

// validateSuite returns the report of validate, with one case for each callback or URL.
func (a *app) validateSuite(c validated, urls []string, err error) report.Suite {
	cases := []report.Case{a.formCase(err)}
	if len(urls) == 0 {
		cases = append(cases, a.declaredCases(c.declaration, c.problems)...)
		return report.Suite{Name: validateSuiteName, Cases: cases}
	}
	cases = nil
	for _, url := range urls {
		cases = append(cases, report.Case{Name: a.mask(callback.NewURL(url))})
	}
	for _, p := range c.problems {
		cases[p.Index].Findings = append(cases[p.Index].Findings, a.problemFinding(p))
	}
	return report.Suite{Name: validateSuiteName, Cases: cases}
}

const validateSuiteName = "sesctl callback validate"

func (o validateOptions) verdict(problems []callback.Problem) error {
	if len(problems) == 0 || !o.strict && !callback.HasErrors(problems) {
		return nil
	}
	return failure.New(failure.Finding, "%s found", count(len(problems), "problem"))
}

var problemColumns = []output.Column{
	{Name: "rule"}, {Name: "severity", Paint: paintSeverity}, {Name: "where", Fit: output.URL},
	{Name: "problem", Fit: output.Sentences}, {Name: "hint", Fit: output.Sentences},
	{Name: "target", Fit: output.Address, Wide: true},
}

func problemsResult(a *app, problems []callback.Problem) output.Result {
	type view struct {
		Rule     string            `json:"rule"`
		Severity callback.Severity `json:"severity"`
		Target   string            `json:"target"`
		URL      string            `json:"url"`
		Message  string            `json:"message"`
		Hint     string            `json:"hint"`
	}
	views := make([]view, 0, len(problems))
	r := output.Result{Table: &output.Table{
		Columns: problemColumns,
		Empty:   "no problems",
	}}
	for _, p := range problems {
		views = append(views, view{p.Rule, p.Severity, p.Target, p.URL.Whole(), p.Message, p.Hint})
		where := a.url(p.URL)
		if p.Position != (callback.Position{}) {
			where = p.Position.String()
		}
		r.Quiet = append(r.Quiet, p.Rule)
		r.Table.Rows = append(r.Table.Rows, []string{p.Rule, string(p.Severity), where, p.Message, p.Hint, p.Target})
	}
	r.Data = views
	return r
}
