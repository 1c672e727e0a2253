package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// The checks of an audit beside the rules.
const (
	auditSilent       = "silent"
	auditUnregistered = "unregistered"
	auditRedundant    = "redundant"
	auditBorrowed     = "borrowed"
	auditPending      = "pending"
	auditUnmanaged    = "unmanaged"
	auditDrift        = "drift"
	auditUnreachable  = "unreachable"
	auditCertificate  = "certificate"
)

// auditFinding is one thing that is wrong or unusual.
type auditFinding struct {
	Check    string         `json:"check"`
	Severity report.Level   `json:"severity"`
	Profile  string         `json:"profile"` // "" if none is used
	Scope    callback.Scope `json:"scope"`
	Sender   string         `json:"sender"` // "" for the account
	URL      string         `json:"url"`    // "" if there is no callback
	Senders  []string       `json:"senders"`
	Message  string         `json:"message"`
	Hint     string         `json:"hint"`

	target callback.Target
	url    callback.URL
}

// audit is the findings about the callbacks of one account.
type audit struct {
	app         *app
	at          *account.Account
	options     auditOptions
	declared    bool
	declaration manifest.Declaration

	snapshot callback.Snapshot
	findings []auditFinding
	err      error // the audit could not be finished
}

// run reads the account and checks it. If it could not finish, err is set.
func (u *audit) run(ctx context.Context) {
	u.err = errors.Join(u.look(ctx), u.at.Release())
	slices.SortStableFunc(u.findings, func(x, y auditFinding) int {
		return slices.Index(severities(), string(x.Severity)) - slices.Index(severities(), string(y.Severity))
	})
}

func (u *audit) look(ctx context.Context) error {
	pending, err := u.app.leftPending(ctx, u.at)
	if err != nil {
		return err
	}
	// Only the client is used: the journal would settle what an audit must report.
	client, err := u.at.Client(ctx)
	if err != nil {
		return err
	}
	if u.snapshot, err = client.Load(ctx, callback.PartAll); err != nil {
		return err
	}
	if err := u.lookAtRules(); err != nil {
		return err
	}
	u.lookAtSenders()
	u.lookAtPending(pending)
	if err := u.lookAtLoans(); err != nil {
		return err
	}
	u.lookAtDeclaration()
	if u.options.check {
		return u.lookAtReceivers(ctx)
	}
	return nil
}

func (u *audit) add(check string, severity report.Level, c callback.Callback, senders []string, message, hint string) {
	f := auditFinding{Check: check, Severity: severity, Profile: u.at.Profile(), Scope: c.Target.Scope(), Sender: c.Target.Address(), URL: c.URL.Whole(),
		Senders: append([]string{}, senders...), Message: message, Hint: hint, target: c.Target, url: c.URL}
	u.findings = append(u.findings, f)
}

// served returns the senders whose events go to the callback of a target.
func (u *audit) served(target callback.Target) []string {
	var senders []string
	for _, sender := range u.snapshot.SenderTargets() {
		effective := u.snapshot.Callbacks.Resolve(sender)
		if sender == target || target.IsAccount() && effective.Source == callback.SourceAccount {
			senders = append(senders, sender.Address())
		}
	}
	return senders
}

func (u *audit) lookAtSenders() {
	account := u.snapshot.Callbacks.URL(callback.Account())
	for _, sender := range u.snapshot.SenderTargets() {
		if u.snapshot.Callbacks.Resolve(sender).Source == callback.SourceNone {
			u.add(auditSilent, report.Error, callback.Callback{Target: sender}, []string{sender.Address()},
				"the sender has no effective callback, so its events are lost", failure.Command("sesctl", "callback", "set", sender.Address(), "URL")+" sets one")
		}
	}
	for _, c := range u.snapshot.Callbacks.All() {
		if c.Target.IsAccount() {
			continue
		}
		remove := failure.Command("sesctl", "callback", "delete", c.Target.Address()) + " removes it"
		if !u.snapshot.Registered(c.Target) {
			u.add(auditUnregistered, report.Warning, c, nil, "the account does not have the sender address of this callback", remove)
		}
		if c.URL.Same(account) {
			u.add(auditRedundant, report.Note, c, u.served(c.Target), "the sender has the same URL as the account", remove)
		}
	}
}

func (u *audit) lookAtRules() error {
	policy, err := u.at.Policy()
	if err != nil {
		return err
	}
	for _, c := range u.snapshot.Callbacks.All() {
		for _, p := range callback.CheckURL(c.URL.Whole(), policy) {
			u.add(p.Rule, report.Level(p.Severity), c, u.served(c.Target), p.Message, p.Hint)
		}
	}
	return nil
}

func (u *audit) lookAtPending(pending []journal.Entry) {
	for _, e := range pending {
		c := callback.Callback{Target: e.Change.Target, URL: u.snapshot.Callbacks.URL(e.Change.Target)}
		u.add(auditPending, report.Warning, c, u.served(c.Target), fmt.Sprintf("the change %s was interrupted; its outcome is not recorded", e.ID),
			"'sesctl callback list' finds out its outcome, and records it")
	}
}

func (u *audit) lookAtLoans() error {
	left, err := u.at.AbandonedLoans()
	if errors.Is(err, config.ErrNoState) {
		u.app.warn("loans and interrupted changes were not checked: %v", err)
		return nil
	}
	for _, f := range left {
		c := callback.Callback{Target: f.Borrowed.Target, URL: u.snapshot.Callbacks.URL(f.Borrowed.Target)}
		u.add(auditBorrowed, report.Warning, c, u.served(c.Target), "a process that was killed has left the callback borrowed; before, it was "+u.app.orNone(f.Borrowed.Old),
			"'sesctl callback restore' restores it")
	}
	return err
}

func (u *audit) lookAtDeclaration() {
	if !u.declared {
		return
	}
	declaration := u.declaration.For(u.at.Profile())
	plan := callback.Diff(u.snapshot.Callbacks, declaration.Desired(u.snapshot.Callbacks, false))
	for _, change := range plan.Changes {
		c := callback.Callback{Target: change.Target, URL: change.Old}
		u.add(auditDrift, report.Warning, c, u.served(c.Target), u.driftText(change),
			"'sesctl callback apply -f FILE' sets the declared one")
	}
	severity := report.Warning
	unmanaged := findUnmanaged(u.options.declaration.unmanagedMode(u.declaration), declaration, plan)
	if unmanaged.fail {
		severity = report.Error
	}
	for _, c := range unmanaged.callbacks {
		u.add(auditUnmanaged, severity, c, u.served(c.Target), "the declaration does not name this callback", "add it to the declaration, or delete it with apply --prune")
	}
}

// driftText is how a callback differs from the declaration. Its own URL is part of the
// finding.
func (u *audit) driftText(c callback.Change) string {
	switch {
	case c.Old.IsZero():
		return "there is no callback, but the declaration has " + u.app.url(c.New)
	case c.New.IsZero():
		return "the declaration has no callback"
	case u.app.maskedChange(c.Old, c.New):
		return "the declaration has another token in " + u.app.url(c.New)
	}
	return "the declaration has " + u.app.url(c.New)
}

// lookAtReceivers checks each URL once, and reports it for each target that has it.
func (u *audit) lookAtReceivers(ctx context.Context) error {
	checker, err := u.app.checker(u.at)
	if err != nil {
		return err
	}
	checker.NoPost = u.options.noPost
	all := u.snapshot.Callbacks.All()
	var urls []callback.URL
	place := map[string]int{}
	for _, c := range all {
		if _, known := place[callback.NormalizeURL(c.URL.Whole())]; !known {
			place[callback.NormalizeURL(c.URL.Whole())] = len(urls)
			urls = append(urls, c.URL)
		}
	}
	reports, err := u.app.checkCallbacks(ctx, checker, urls)
	if err != nil {
		return err
	}
	for _, c := range all {
		u.addReceiver(c, reports[place[callback.NormalizeURL(c.URL.Whole())]])
	}
	return nil
}

func (u *audit) addReceiver(c callback.Callback, r webhook.Report) {
	if r.Status == webhook.Fail {
		u.add(auditUnreachable, report.Error, c, u.served(c.Target), "the callback cannot receive events: "+finding(r), "'sesctl callback check' shows every step")
	}
	for _, step := range r.Steps {
		if step.Name == webhook.StepTLS && step.Status == webhook.Warn {
			u.add(auditCertificate, report.Warning, c, u.served(c.Target), step.Detail, "renew the certificate")
			return
		}
	}
}

// leftPending returns the changes to an account that were interrupted.
func (a *app) leftPending(ctx context.Context, at *account.Account) ([]journal.Entry, error) {
	identity, err := at.Identity()
	if err != nil {
		return nil, err
	}
	j, err := at.Journal()
	if errors.Is(err, config.ErrNoState) {
		return nil, nil // lookAtLoans warns of it
	}
	if err != nil {
		return nil, err
	}
	left, err := j.Left(ctx, identity)
	if err != nil || left.Empty() {
		return nil, err
	}
	history, err := a.history(ctx, at)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(history.Entries, func(e journal.Entry) bool { return !left.Has(e.ID) }), nil
}

// severities are the severities of findings, the worst first.
func severities() []string {
	return []string{string(report.Error), string(report.Warning), string(report.Note)}
}
