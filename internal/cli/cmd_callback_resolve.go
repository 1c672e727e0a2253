package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type resolveOptions struct {
	target  targetFlags
	all     bool
	explain bool
	failOn  []string
	filter  answerFilter

	fromHistory bool
}

const (
	failOnNone         = "none"
	failOnUnregistered = "unregistered"
)

func newResolveCommand(a *app) *cobra.Command {
	var o resolveOptions
	cmd := &cobra.Command{
		Use:   "resolve (TARGET... | --all)",
		Short: "Show the effective callback of each sender",
		Long: `Show the effective callback of sender addresses: the sender's own callback,
otherwise the account's, otherwise none.

--all shows every sender address of the account, and every other sender address
that has a callback.`,
		Example: `  sesctl callback resolve news@mail.example.com
  sesctl callback resolve --all --explain

  # The senders of a domain that lose their events
  sesctl callback resolve --all --domain mail.example.com --source none

  # In CI: exit status 3 if a sender loses its events
  sesctl callback resolve --all --fail-on none,unregistered`,
		RunE: a.runRead(a.perProfile(func(ctx context.Context, at *account.Account, args []string) (output.Result, error) {
			return runResolve(ctx, a, at, o, args)
		})),
		ValidArgsFunction: a.completeSenders,
	}
	o.target.add(a, cmd)
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "show every sender")
	f.BoolVar(&o.explain, "explain", false, "explain each effective callback in words")
	f.StringSliceVar(&o.failOn, "fail-on", nil, "exit with status 3 if an answer is in `LIST`: none, unregistered, or both")
	addFromHistory(cmd, &o.fromHistory)
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{failOnNone, failOnUnregistered, failOnNone + "," + failOnUnregistered}, cobra.ShellCompDirectiveNoFileComp))
	o.filter.add(cmd, resolveColumns)
	return withColumns(a.takesProfiles(cmd), resolveColumns)
}

func runResolve(ctx context.Context, a *app, at *account.Account, o resolveOptions, args []string) (output.Result, error) {
	targets, err := o.targets(args)
	if err != nil {
		return output.Result{}, err
	}
	snapshot, times, err := o.read(ctx, a, at)
	if err != nil {
		return output.Result{}, err
	}
	if o.all {
		targets = callback.Senders(snapshot.SenderTargets(), snapshot.Callbacks)
	}
	a.warnUnknown(at, snapshot, targets)
	answers := resolveAll(snapshot, targets, o.explain)
	for i := range answers {
		answers[i].asOf = times.ofAnswer(answers[i], o.fromHistory)
	}
	answers = o.filter.apply(answers)
	return resolveResult(a, answers), o.verdict(answers)
}

// read returns the callbacks of the account or, if asked for, of the history. The
// sender addresses come from the account in either case.
func (o resolveOptions) read(ctx context.Context, a *app, at *account.Account) (callback.Snapshot, remembered, error) {
	if !o.fromHistory {
		_, snapshot, err := at.Read(ctx, callback.PartAll)
		return snapshot, remembered{}, err
	}
	r, err := a.remember(ctx, at)
	if err != nil {
		return callback.Snapshot{}, r, err
	}
	_, snapshot, err := at.Read(ctx, callback.PartSenders)
	snapshot.Callbacks = r.callbacks
	return snapshot, r, err
}

// ofAnswer returns the time of the callback that decides an answer from the history. It
// returns nil for an answer from the account.
func (r remembered) ofAnswer(got answer, fromHistory bool) *string {
	if !fromHistory {
		return nil
	}
	target := got.Sender
	if got.Source == callback.SourceAccount {
		target = callback.Account()
	}
	at := r.asOf(target)
	return &at
}

func (o resolveOptions) targets(args []string) ([]callback.Target, error) {
	for _, condition := range o.failOn {
		if condition != failOnNone && condition != failOnUnregistered {
			return nil, failure.New(failure.Usage, "--fail-on %s: it must be none, unregistered or both", callback.Quote(condition))
		}
	}
	if err := o.filter.check(resolveColumns); err != nil {
		return nil, err
	}
	switch {
	case o.all && (len(args) > 0 || o.target.given()):
		return nil, failure.New(failure.Usage, "targets and --all cannot be used together").WithHint("leave out one of them")
	case o.all:
		return nil, nil
	case o.filter.given():
		return nil, failure.New(failure.Usage, "--source and --domain need --all").WithHint("add --all")
	case len(args) == 0 && !o.target.given():
		return nil, failure.New(failure.Usage, "missing TARGET").WithHint("name one or more sender addresses, or use --all")
	}
	return o.target.some(args)
}

// warnUnknown warns of targets that are probably mistakes: a pattern, or an address that
// the account does not have.
func (a *app) warnUnknown(at *account.Account, snapshot callback.Snapshot, targets []callback.Target) {
	for _, t := range targets {
		switch {
		case t.IsAccount() || snapshot.Registered(t):
		case strings.ContainsAny(t.Address(), "*?"):
			a.warnAt(at, "%s is taken as an address, not as a pattern; --all shows every sender", t)
		case snapshot.Callbacks.URL(t).IsZero():
			a.warnAt(at, "the account has no sender address %s%s", t, nearClause(nearest(t.Address(), addressesOf(snapshot))))
		}
	}
}

var resolveColumns = []output.Column{
	{Name: "sender", Fit: output.Address}, {Name: "source", Paint: paintSource}, {Name: "registered", Paint: paintNo},
	{Name: "callback", Fit: output.URL, Keep: true}, {Name: "overridden", Fit: output.URL, Wide: true},
}

func resolveResult(a *app, answers []answer) output.Result {
	r := output.Result{Data: answers, Table: &output.Table{
		Columns: resolveColumns,
		Empty:   "no senders",
	}}
	for _, got := range answers {
		r.Quiet = append(r.Quiet, got.URL.Whole())
		r.Table.Rows = append(r.Table.Rows, []string{targetName(got.Sender), string(got.Source), yesNo(got.registered), a.url(got.URL), a.url(got.Overridden)})
		if got.asOf != nil {
			r.Text = append(r.Text, fmt.Sprintf("%s: as of %s", got.Sender, cmp.Or(*got.asOf, "never: nothing was written from this machine")))
		}
		if got.why != "" {
			r.Text = append(r.Text, fmt.Sprintf("%s: %s", got.Sender, got.why))
		}
	}
	return r
}

func (o resolveOptions) verdict(answers []answer) error {
	var none, unregistered int
	for _, got := range answers {
		if got.Source == callback.SourceNone {
			none++
		}
		if !got.registered {
			unregistered++
		}
	}
	var found []string
	if none > 0 && slices.Contains(o.failOn, failOnNone) {
		found = append(found, fmt.Sprintf("%d of %d senders have no callback", none, len(answers)))
	}
	if unregistered > 0 && slices.Contains(o.failOn, failOnUnregistered) {
		found = append(found, fmt.Sprintf("%d of %d addresses are not registered in the account", unregistered, len(answers)))
	}
	if len(found) == 0 {
		return nil
	}
	return failure.New(failure.Finding, "%s", strings.Join(found, "; "))
}
