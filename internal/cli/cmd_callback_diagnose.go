package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

type diagnoseOptions struct {
	target targetFlags
	events string
	noPost bool
}

func newDiagnoseCommand(a *app) *cobra.Command {
	var o diagnoseOptions
	cmd := &cobra.Command{
		Use:   "diagnose TARGET",
		Short: "Find out why the events of a sender come, or do not",
		Long: `Find out why the events of a sender address come, or do not: whether the account
has it, which callback is effective and why, which rules it breaks, whether it is
borrowed, whether it can receive events (as 'sesctl callback check' finds out),
the last change in the history, and the last event in a saved file.

Nothing is changed. The exit status is 3 if a step fails.`,
		Example: `  # Exit status 3 if a step fails
  sesctl callback diagnose news@mail.example.com
  sesctl callback diagnose news@mail.example.com --events events.jsonl --no-post`,
		ValidArgsFunction: a.completeSenders,
		RunE:              a.run(func(ctx context.Context, args []string) error { return runDiagnose(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	cmd.Flags().StringVar(&o.events, "events", "", "look for the last event of the sender in `FILE`, as 'event listen --save' writes it; - is standard input")
	cmd.Flags().BoolVar(&o.noPost, "no-post", false, "send no sample event")
	_ = cmd.MarkFlagFilename("events", "jsonl", "json", "gz")
	return withColumns(cmd, diagnosisColumns)
}

// diagnosisStep is one thing that was looked at.
type diagnosisStep struct {
	Step   string `json:"step"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// diagnosis is what is found out about one target.
type diagnosis struct {
	app    *app
	target callback.Target
	steps  []diagnosisStep
}

func (d *diagnosis) add(step, status, format string, args ...any) {
	d.steps = append(d.steps, diagnosisStep{step, status, d.app.withoutSecrets(fmt.Sprintf(format, args...))})
}

func runDiagnose(ctx context.Context, a *app, o diagnoseOptions, args []string) error {
	target, err := o.target.target(args...)
	if err != nil {
		return err
	}
	var last *event.Event
	if o.events != "" {
		if last, err = a.lastEvent(ctx, o.events, target); err != nil {
			return err
		}
	}
	a.loansShown = true // they are a step
	_, snapshot, err := a.account.Read(ctx, callback.PartAll)
	if err != nil {
		return err
	}
	d := &diagnosis{app: a, target: target}
	effective := d.resolve(snapshot)
	if err := d.lookAtRules(effective.URL); err != nil {
		return err
	}
	d.lookAtLoans(effective)
	if err := d.lookAtReceiver(ctx, effective.URL, o.noPost); err != nil {
		return err
	}
	if err := d.lookAtHistory(ctx, effective); err != nil {
		return err
	}
	d.lookAtEvents(o.events, last)
	if err := a.print(d.result()); err != nil {
		return err
	}
	return d.verdict()
}

// resolve looks at the sender and the callbacks, and returns the effective one.
func (d *diagnosis) resolve(snapshot callback.Snapshot) callback.Effective {
	effective := snapshot.Callbacks.Resolve(d.target)
	account := snapshot.Callbacks.URL(callback.Account())
	if !d.target.IsAccount() {
		if snapshot.Registered(d.target) {
			d.add("sender", statusOK, "the account has the sender address %s", d.target)
		} else {
			d.add("sender", statusFail, "the account has no sender address %s%s", d.target, nearClause(nearest(d.target.Address(), addressesOf(snapshot))))
		}
		d.add("own", statusOK, "callback of the sender: %s", d.app.orNone(snapshot.Callbacks.URL(d.target)))
	}
	d.add("account", statusOK, "callback of the account: %s", d.app.orNone(account))
	switch got := (answer{Effective: effective, registered: true}); {
	case effective.URL.IsZero():
		d.add("effective", statusFail, "none: %s", got.explain())
	default:
		d.add("effective", statusOK, "%s: %s", d.app.url(effective.URL), got.explain())
	}
	return effective
}

func (d *diagnosis) lookAtRules(url callback.URL) error {
	if url.IsZero() {
		d.add("rules", statusSkip, "there is no URL")
		return nil
	}
	policy, err := d.app.account.Policy()
	if err != nil {
		return err
	}
	problems := callback.CheckURL(url.Whole(), policy)
	for _, p := range problems {
		status := statusWarn
		if p.Severity == callback.SeverityError {
			status = statusFail
		}
		d.add("rules", status, "%s: %s; %s", p.Rule, p.Message, p.Hint)
	}
	if len(problems) == 0 {
		d.add("rules", statusOK, "the URL breaks no rule")
	}
	return nil
}

// lookAtLoans looks for a loan of the target that decides where the events go.
func (d *diagnosis) lookAtLoans(effective callback.Effective) {
	left, err := d.app.account.AbandonedLoans()
	if err != nil {
		d.add("loan", statusWarn, "%v", err)
		return
	}
	for _, f := range left {
		if f.Borrowed.Target == decidedBy(effective) {
			d.add("loan", statusFail, "%s", d.app.loanText(f))
			return
		}
	}
	d.add("loan", statusOK, "the callback is not left borrowed")
}

// decidedBy is the target whose callback is effective.
func decidedBy(e callback.Effective) callback.Target {
	if e.Source == callback.SourceAccount {
		return callback.Account()
	}
	return e.Sender
}

func (d *diagnosis) lookAtReceiver(ctx context.Context, url callback.URL, noPost bool) error {
	if url.IsZero() {
		d.add("check", statusSkip, "there is no URL")
		return nil
	}
	checker, err := d.app.checker(d.app.account)
	if err != nil {
		return err
	}
	checker.NoPost = noPost
	reports, err := d.app.checkCallbacks(ctx, checker, []callback.URL{url})
	if err != nil {
		return err
	}
	for _, step := range reports[0].Steps {
		d.add(step.Name, string(step.Status), "%s", step.Detail)
	}
	return nil
}

// lookAtHistory looks for the last change of the callback that is effective.
func (d *diagnosis) lookAtHistory(ctx context.Context, effective callback.Effective) error {
	history, err := d.app.history(ctx, d.app.account)
	if err != nil {
		return err
	}
	here, err := d.app.account.Identity()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(history.Entries, func(e journal.Entry) bool {
		return e.Account == here && (e.Change.Target == d.target || e.Change.Target == decidedBy(effective))
	})
	if i < 0 {
		d.add("history", statusSkip, "sesctl did not change it from this machine")
		return nil
	}
	e := history.Entries[i]
	d.add("history", statusOK, "last change %s: %s from %s to %s by %s, %s", e.Time.Local().Format(time.DateTime), callbackOf(e.Change.Target),
		d.app.orNone(e.Change.Old), d.app.orNone(e.Change.New), cmp.Or(e.Who, "somebody"), e.Outcome)
	return nil
}

func (d *diagnosis) lookAtEvents(file string, last *event.Event) {
	switch {
	case file == "":
		d.add("events", statusSkip, "no file of events is named")
	case last == nil:
		d.add("events", statusWarn, "%s holds no event of %s", file, targetName(d.target))
	default:
		d.add("events", statusOK, "last event %s: %s, recipient %s", last.Time().Local().Format(time.DateTime), last.Type, last.Email)
	}
}

// lastEvent returns the latest event of a target in a saved file; nil if it holds none.
func (a *app) lastEvent(ctx context.Context, path string, target callback.Target) (*event.Event, error) {
	return await(ctx, func() (*event.Event, error) {
		in := a.env.Stdin
		if path != "-" {
			file, err := files.OpenRegular(path)
			if err != nil {
				return nil, failure.New(failure.Failure, "cannot read the events: %w", err)
			}
			defer file.Close()
			in = file
		}
		var last *event.Event
		read, other := 0, 0
		for entry, err := range webhook.ReadRecords(in) {
			if err != nil {
				other++
				continue
			}
			got, err := event.Decode(entry.Payload())
			if err != nil {
				other++
				continue
			}
			read++
			if !target.IsAccount() && !strings.EqualFold(got.From, target.Address()) {
				continue
			}
			if last == nil || got.Timestamp >= last.Timestamp {
				last = &got
			}
		}
		if read == 0 && other > 0 {
			return nil, failure.New(failure.Usage, "%s holds no events", path).WithHint("name a file that 'sesctl event listen --save' wrote")
		}
		return last, nil
	})
}

var diagnosisColumns = []output.Column{{Name: "step", Keep: true}, {Name: "status", Paint: paintStatus, Keep: true}, {Name: "detail", Fit: output.Sentences, Keep: true}}

func (d *diagnosis) result() output.Result {
	r := output.Result{Data: d.steps, Table: &output.Table{Columns: diagnosisColumns}}
	for _, s := range d.steps {
		r.Table.Rows = append(r.Table.Rows, []string{s.Step, s.Status, s.Detail})
	}
	r.Quiet = []string{d.worst()}
	return r
}

// worst is the worst status of the steps.
func (d *diagnosis) worst() string {
	worst := statusOK
	for _, s := range d.steps {
		if s.Status == statusFail || s.Status == statusWarn && worst == statusOK {
			worst = s.Status
		}
	}
	return worst
}

func (d *diagnosis) verdict() error {
	var failed []string
	for _, s := range d.steps {
		if s.Status == statusFail && !slices.Contains(failed, s.Step) {
			failed = append(failed, s.Step)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return failure.New(failure.Finding, "the events of %s cannot be relied on: %s", targetName(d.target), strings.Join(failed, ", "))
}
