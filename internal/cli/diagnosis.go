package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// diagnosisStep is one thing that was checked.
type diagnosisStep struct {
	Step   string `json:"step"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// diagnosis is the result for one target.
type diagnosis struct {
	app    *app
	target callback.Target
	steps  []diagnosisStep
}

func (d *diagnosis) add(step, status, format string, args ...any) {
	d.steps = append(d.steps, diagnosisStep{step, status, d.app.withoutSecrets(fmt.Sprintf(format, args...))})
}

// resolve checks the sender and the callbacks, and returns the effective one.
func (d *diagnosis) resolve(snapshot callback.Snapshot) callback.Effective {
	effective := snapshot.Callbacks.Resolve(d.target)
	account := snapshot.Callbacks.URL(callback.Account())
	if !d.target.IsAccount() {
		if snapshot.Registered(d.target) {
			d.add("sender", statusOK, "the account has the sender address %s", d.target)
		} else {
			d.add("sender", statusFail, "the account has no sender address %s%s", d.target, nearClause(nearest(d.target.Address(), addressesOf(snapshot))))
		}
		d.add("own", statusOK, "the sender's callback: %s", d.app.orNone(snapshot.Callbacks.URL(d.target)))
	}
	d.add("account", statusOK, "the account's callback: %s", d.app.orNone(account))
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

// lookAtLoans looks for a loan of the callback that is effective for the target.
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
	d.add("loan", statusOK, "the callback is not borrowed")
}

// decidedBy returns the target whose callback is effective.
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

// lookAtHistory looks for the last change that can have decided which callback is
// effective: a change of the sender's own callback, or of the account's callback if the
// sender has none.
func (d *diagnosis) lookAtHistory(ctx context.Context, effective callback.Effective) error {
	history, err := d.app.history(ctx, d.app.account)
	if errors.Is(err, config.ErrNoState) {
		d.add("history", statusSkip, "%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	here, err := d.app.account.Identity()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(history.Entries, func(e journal.Entry) bool {
		return e.Account == here && (e.Change.Target == d.target || e.Change.Target.IsAccount() && effective.Source != callback.SourceSender)
	})
	if i < 0 {
		d.add("history", statusSkip, "sesctl did not change the callback from this machine")
		return nil
	}
	e := history.Entries[i]
	when, who, to := e.Time.Local().Format(time.DateTime), cmp.Or(e.Who, "somebody"), d.app.replacement(e.Change.Old, e.Change.New)
	if e.Change.Blind {
		d.add("history", statusOK, "last change %s: %s to %s by %s, %s; the previous callback was not read", when, callbackOf(e.Change.Target), to, who, e.Outcome)
		return nil
	}
	d.add("history", statusOK, "last change %s: %s from %s to %s by %s, %s", when, callbackOf(e.Change.Target), d.app.orNone(e.Change.Old), to, who, e.Outcome)
	return nil
}

func (d *diagnosis) lookAtEvents(file string, last *event.Event) {
	if file == "-" {
		file = standardInput
	}
	switch {
	case file == "":
		d.add("events", statusSkip, "no file with events is given")
	case last == nil:
		d.add("events", statusWarn, "%s contains no event of %s", file, targetName(d.target))
	default:
		d.add("events", statusOK, "last event %s: %s, recipient %s", last.Time().Local().Format(time.DateTime), last.Type, last.Email)
	}
}

// lastEvent returns the latest event of a target in a saved file, or nil if there is
// none.
func (a *app) lastEvent(ctx context.Context, path string, target callback.Target) (*event.Event, error) {
	return await(ctx, func() (*event.Event, error) {
		in, name, err := a.openInput(path)
		if err != nil {
			return nil, failure.New(failure.Failure, "cannot read the events: %w", err)
		}
		defer in.Close()
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
			return nil, failure.New(failure.Usage, "%s contains no events", name).WithHint("name a file that 'sesctl event listen --save' wrote")
		}
		return last, nil
	})
}

// worst returns the worst status of all steps.
func (d *diagnosis) worst() string {
	worst := statusOK
	for _, s := range d.steps {
		worst = worse(worst, s.Status)
	}
	return worst
}
