package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newRulesCommand(a *app) *cobra.Command {
	return withColumns(&cobra.Command{
		Use:     "rules",
		Short:   "List the rules for callbacks",
		Example: "  sesctl callback rules",
		Args:    noArgs,
		RunE:    a.runAtOnce(func(context.Context, []string) error { return a.print(rulesResult(callback.Rules())) }),
	}, rulesColumns)
}

var rulesColumns = []output.Column{
	{Name: "rule"}, {Name: "severity", Paint: paintSeverity},
	{Name: "summary", Fit: output.Sentences}, {Name: "source", Fit: output.Sentences},
}

func rulesResult(rules []callback.Rule) output.Result {
	type view struct {
		ID       string            `json:"id"`
		Severity callback.Severity `json:"severity"`
		Summary  string            `json:"summary"`
		Source   string            `json:"source"`
	}
	var views []view
	r := output.Result{Table: &output.Table{Columns: rulesColumns}}
	for _, rule := range rules {
		views = append(views, view{rule.ID, rule.Severity, rule.Summary, rule.Source})
		r.Quiet = append(r.Quiet, rule.ID)
		r.Table.Rows = append(r.Table.Rows, []string{rule.ID, string(rule.Severity), rule.Summary, rule.Source})
	}
	r.Data = views
	return r
}
