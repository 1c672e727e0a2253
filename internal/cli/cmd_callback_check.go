package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

type checkOptions struct {
	target targetFlags
	all    bool
	noPost bool
}

func newCheckCommand(a *app) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check (URL... | TARGET... | --all)",
		Short: "Check whether callbacks can receive events",
		Long: `Check whether callbacks can receive events. For each URL, sesctl looks up the
host, connects to each of its addresses, checks TLS (chain, name, days left), and
sends a sample event with POST. The header Sesctl-Test and the field
X-Tencentcloudses-Cb-Sesctl-Test mark the event as a test. Each URL is checked
once, even if several targets have it. For a sender address, sesctl checks the
effective callback.

A check fails if the receiver redirects, answers outside 2xx, or does not answer.
It also fails if the internet cannot reach the address, except with --local or an
endpoint on this machine. The checks run in parallel, and all of them together
may take ten seconds, or the time of --timeout. They connect directly, never
through a proxy. They trust the certificate authorities of this machine. They do
not use the ca_file of a profile, because SES does not have it. The checks run
from this machine: SES may reach the host on another path.`,
		Example: `  # Exit status 3 if it cannot receive
  sesctl callback check https://hooks.example.com:8080/ses

  # Every callback of the account, without sending anything; exit status 3 if one fails
  sesctl callback check --all --no-post --timeout 2s`,
		RunE: a.run(a.perProfile(func(ctx context.Context, at *account.Account, args []string) (output.Result, error) {
			return runCheck(ctx, a, at, o, args)
		})),
	}
	o.target.add(a, cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "check every callback of the account")
	cmd.Flags().BoolVar(&o.noPost, "no-post", false, "do not send a sample event")
	cmd.ValidArgsFunction = a.completeTarget
	return withColumns(a.takesProfiles(cmd), checkColumns)
}

func runCheck(ctx context.Context, a *app, at *account.Account, o checkOptions, args []string) (output.Result, error) {
	checker, err := a.checker(at)
	if err != nil {
		return output.Result{}, err
	}
	checker.NoPost = o.noPost
	toCheck, err := o.callbacks(ctx, a, at, args)
	if err != nil {
		return output.Result{}, err
	}
	urls := make([]callback.URL, len(toCheck))
	for i, c := range toCheck {
		urls[i] = c.URL
	}
	reports, err := a.checkCallbacks(ctx, checker, urls)
	if err != nil {
		return output.Result{}, err
	}
	policy, err := at.Policy()
	if err != nil {
		return output.Result{}, err
	}
	for i, r := range reports {
		toCheck[i].Report = withRules(r, policy)
	}
	return checkResult(a, toCheck), checkVerdict(reports)
}

func checkVerdict(reports []webhook.Report) error {
	failed := 0
	for _, r := range reports {
		if r.Status == webhook.Fail {
			failed++
		}
	}
	switch {
	case failed == 0:
		return nil
	case len(reports) == 1:
		return failure.New(failure.Finding, "the callback cannot receive events")
	}
	return failure.New(failure.Finding, "%d of %d callbacks cannot receive events", failed, len(reports))
}

// callbacks returns the URLs to check, each once.
func (o checkOptions) callbacks(ctx context.Context, a *app, at *account.Account, args []string) ([]checked, error) {
	names, urls := splitTargets(args)
	if err := o.target.checkNamed(names, urls); err != nil {
		return nil, err
	}
	targeted := len(names) > 0 || o.target.given()
	ways := 0
	for _, given := range []bool{len(urls) > 0, targeted, o.all} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return nil, failure.New(failure.Usage, "missing URL or TARGET").WithHint("name URLs, targets (account or sender addresses), or use --all")
	case ways > 1:
		return nil, failure.New(failure.Usage, "URLs, targets and --all cannot be used together")
	case len(urls) > 0:
		return uniqueURLs(a, urls)
	case targeted:
		targets, err := o.target.some(names)
		if err != nil {
			return nil, err
		}
		return effectiveOf(ctx, at, targets)
	}
	_, snapshot, err := at.Read(ctx, callback.PartAll)
	if err != nil {
		return nil, err
	}
	return everyCallback(snapshot), nil
}

const (
	stepRules  = "rules"
	mostServed = 10 // senders of a callback that are named
)

// withRules adds the rules that a URL breaks as the first step of its check. They are
// only a warning: set refuses such a URL, but check examines whether it answers.
func withRules(r webhook.Report, policy callback.Policy) webhook.Report {
	policy.PrivateHosts = true // the look-up finds private addresses
	var broken []string
	for _, p := range callback.CheckURL(r.URL.Whole(), policy) {
		if p.Severity == callback.SeverityError {
			broken = append(broken, fmt.Sprintf("%s (%s)", p.Message, p.Rule))
		}
	}
	if len(broken) == 0 {
		return r
	}
	r.Steps = append([]webhook.Step{{Name: stepRules, Status: webhook.Warn, Detail: strings.Join(broken, "; ")}}, r.Steps...)
	if r.Status == webhook.OK {
		r.Status = webhook.Warn
	}
	return r
}

var checkColumns = []output.Column{
	{Name: "callback", Fit: output.URL}, {Name: "status", Paint: paintStatus}, {Name: "time", Keep: true},
	{Name: "finding", Fit: output.Sentences}, {Name: "targets", Fit: output.Sentences, Wide: true},
}

func checkResult(a *app, all []checked) output.Result {
	type view struct {
		URL        string         `json:"url"`
		Status     webhook.Status `json:"status"`
		Steps      []webhook.Step `json:"steps"`
		DurationMS float64        `json:"duration_ms"`
		Targets    []string       `json:"targets,omitempty"`
		Senders    []string       `json:"senders,omitempty"`
	}
	views := make([]view, len(all))
	r := output.Result{Data: views, Table: &output.Table{
		Columns: checkColumns,
		Empty:   "no callbacks",
	}}
	for i, c := range all {
		views[i] = view{c.URL.Whole(), c.Status, c.Steps, c.DurationMS, c.Targets, c.Senders}
		took := time.Duration(c.DurationMS * float64(time.Millisecond))
		r.Quiet = append(r.Quiet, string(c.Status))
		r.Table.Rows = append(r.Table.Rows, []string{a.url(c.URL), string(c.Status), took.Round(100 * time.Microsecond).String(), finding(c.Report), strings.Join(c.Targets, " ")})
		if c.Status == webhook.Fail && len(c.Senders) > 0 {
			r.Text = append(r.Text, fmt.Sprintf("%s serves %s: %s", a.url(c.URL), count(len(c.Senders), "sender"), firstOf(c.Senders, mostServed)))
		}
	}
	return r
}
