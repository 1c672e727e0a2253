package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type validateOptions struct {
	files  []string
	strict bool
}

func newValidateCommand(a *app) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate (URL... | -f FILE)",
		Short: "Check URLs or a declaration against the rules, without any network",
		Long: `Check URLs, or the callbacks of a declaration, against the rules. Nothing is
contacted, and no credentials are needed. With --local or an endpoint on this
machine, hosts that the internet cannot reach are allowed.`,
		Example: `  sesctl callback validate https://hooks.example.com:8080/ses

  # A missing port breaks a rule: exit status 3
  sesctl callback validate https://hooks.example.com/ses || test $? -eq 3`,
		RunE: a.runAtOnce(func(_ context.Context, args []string) error { return runValidate(a, o, args) }),
	}
	cmd.Flags().StringArrayVarP(&o.files, "file", "f", nil, "declaration `FILE`; repeatable; - is standard input")
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit with status 3 for warnings too")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

func runValidate(a *app, o validateOptions, args []string) error {
	problems, err := o.check(a, args)
	if err != nil {
		return err
	}
	if err := a.print(problemsResult(a, problems)); err != nil {
		return err
	}
	return o.verdict(problems)
}

// check returns the problems; those of a declaration with their places.
func (o validateOptions) check(a *app, args []string) ([]manifest.Problem, error) {
	switch {
	case len(args) > 0 && len(o.files) > 0:
		return nil, failure.New(failure.Usage, "URLs and -f exclude each other")
	case len(args) == 0 && len(o.files) == 0:
		return nil, failure.New(failure.Usage, "no URL").WithHint("give one or more as arguments, or a declaration with -f FILE")
	}
	policy, err := a.policy()
	if err != nil {
		return nil, err
	}
	if len(o.files) > 0 {
		declaration, err := a.readDeclaration(o.files)
		if err != nil && !manifest.BrokenRules(err) {
			return nil, err
		}
		return declaration.Check(policy), nil
	}
	var problems []manifest.Problem
	for _, url := range args {
		for _, p := range callback.CheckURL(url, policy) {
			problems = append(problems, manifest.Problem{Problem: p})
		}
	}
	return problems, nil
}

func (o validateOptions) verdict(problems []manifest.Problem) error {
	isError := func(p manifest.Problem) bool { return p.Severity == callback.SeverityError }
	if len(problems) == 0 || !o.strict && !slices.ContainsFunc(problems, isError) {
		return nil
	}
	return failure.New(failure.Finding, "%s found", count(len(problems), "problem"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func problemsResult(a *app, problems []manifest.Problem) output.Result {
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
		Columns: []output.Column{
			{Name: "rule"}, {Name: "severity", Paint: paintSeverity}, {Name: "where", Flexible: true},
			{Name: "problem", Wrapped: true}, {Name: "mend it", Wrapped: true},
		},
		Empty: "no problems",
	}}
	for _, p := range problems {
		views = append(views, view{p.Rule, p.Severity, p.Target, p.URL, p.Message, p.Hint})
		where := a.url(p.URL)
		if p.Position.File != "" {
			where = p.Position.String()
		}
		r.Quiet = append(r.Quiet, p.Rule)
		r.Table.Rows = append(r.Table.Rows, []string{p.Rule, string(p.Severity), where, p.Message, p.Hint})
	}
	r.Data = views
	return r
}
