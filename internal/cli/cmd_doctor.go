package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func newDoctorCommand(a *app) *cobra.Command {
	return withColumns(a.takesProfiles(&cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, credentials, endpoint and API operations",
		Long: `Check where the configuration and the credentials come from, whether the endpoint
answers, and whether the clocks agree. Then show the action and the mark of each
operation in the API table, and for reads, whether this endpoint answers them.
Nothing is changed.

The marks: published (in Tencent's SDK or documentation), published once (Tencent
published it in that year, and no longer does), named (Tencent names the action,
but does not publish its parameters), inferred (nobody outside Tencent has
confirmed it), learned (found by 'sesctl api learn') and probed (found by 'sesctl
api probe'). The last lines show what works, what does not, and the next step.`,
		Example: `  sesctl doctor
  sesctl doctor -o json`,
		Args: noArgs,
		RunE: a.run(a.perProfile(func(ctx context.Context, at *account.Account, _ []string) (output.Result, error) {
			return runDoctor(ctx, a, at)
		})),
	}), doctorColumns)
}

func runDoctor(ctx context.Context, a *app, at *account.Account) (output.Result, error) {
	checks, hints := runChecks(ctx, a, at)
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return output.Result{}, err // the calls were interrupted, so there is no result
	}
	for i := range checks { // a detail can repeat what a variable has by mistake
		checks[i].Detail = a.withoutSecrets(checks[i].Detail)
	}
	result := doctorResult(checks)
	settings, err := at.Settings()
	if err != nil {
		settings.Table = sesapi.Default() // the configuration itself is wrong
	}
	for _, line := range doctorSummary(settings, checks) {
		result.Verbatim = append(result.Verbatim, output.Wrap(a.texts.Text(line), a.env.Width)...)
	}
	return result, doctorVerdict(checks, hints)
}

func doctorVerdict(checks []check, hints []string) error {
	failed := 0
	for _, c := range checks {
		if c.Status == statusFail {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	verdict := failure.New(failure.Failure, "%s failed", count(failed, "check"))
	for i, hint := range hints {
		if !slices.Contains(hints[:i], hint) {
			verdict = verdict.WithHint("%s", hint)
		}
	}
	return verdict
}

var doctorColumns = []output.Column{{Name: "check"}, {Name: "status", Paint: paintStatus, Keep: true}, {Name: "detail", Fit: output.Sentences}}

func doctorResult(checks []check) output.Result {
	r := output.Result{Data: checks, Table: &output.Table{Columns: doctorColumns}}
	worst := statusOK
	for _, c := range checks {
		r.Table.Rows = append(r.Table.Rows, []string{c.Check, c.Status, c.Detail})
		worst = worse(worst, c.Status)
	}
	r.Quiet = []string{worst}
	return r
}
