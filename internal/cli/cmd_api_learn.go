package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/capture"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

type learnOptions struct {
	urls       []string
	senders    []string
	dryRun     bool
	yes        bool
	cloudAudit bool
	since      string
	sinceGiven bool
}

func newAPILearnCommand(a *app) *cobra.Command {
	var o learnOptions
	cmd := &cobra.Command{
		Use:   "learn (FILE... | - | --cloudaudit)",
		Short: "Learn the true API names from a capture of the console",
		Long: `Read the true names of actions and parameters from a capture of Tencent's console,
and write them to the profile.

A capture is a HAR file from the network panel of a browser, a request copied as
cURL or fetch, or the JSON of a request followed by its answer. To make a HAR
file, open the callback addresses page of the console with the network panel
open. Save a callback for the account and one for a sender, delete both, and
export the panel as HAR.

sesctl recognises the calls by their values. Name the callback URLs that you
typed with --url, and the sender addresses with --sender. Cookies, keys, tokens
and the rest of the capture are not shown, kept or logged.

With --cloudaudit, sesctl reads the names from Tencent's audit log instead. It
does not write to the account.`,
		Example: `  sesctl api learn console.har --dry-run
  sesctl api learn console.har --url https://hooks.example.com:8080/ses --profile global
  sesctl api learn --cloudaudit --since 7d`,
		Args: cobra.ArbitraryArgs,
		RunE: a.run(func(ctx context.Context, args []string) error { return runAPILearn(ctx, a, o, args) }),
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.urls, "url", nil, "callback `URL` that you typed in the console; repeatable")
	f.StringArrayVar(&o.senders, "sender", nil, "sender `ADDRESS` that you used in the console; repeatable")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what was found without writing it")
	f.BoolVarP(&o.yes, "yes", "y", false, "write without asking")
	f.BoolVar(&o.cloudAudit, "cloudaudit", false, "read the audit log of the account instead of files")
	f.StringVar(&o.since, "since", "7d", "with --cloudaudit: read events since `TIME`; the log keeps 90 days")
	_ = cmd.RegisterFlagCompletionFunc("sender", a.completeSenders)
	cmd.PreRun = func(cmd *cobra.Command, _ []string) { o.sinceGiven = cmd.Flags().Changed("since") }
	return withColumns(cmd, learnColumns)
}

func runAPILearn(ctx context.Context, a *app, o learnOptions, args []string) error {
	known, err := o.known(a)
	if err != nil {
		return err
	}
	switch {
	case o.cloudAudit && len(args) > 0:
		return failure.New(failure.Usage, "files and --cloudaudit cannot be used together")
	case !o.cloudAudit && o.sinceGiven:
		return failure.New(failure.Usage, "--since needs --cloudaudit: files are read in full")
	case !o.cloudAudit && len(args) == 0:
		return failure.New(failure.Usage, "missing FILE").WithHint("name a HAR file saved from the console, - for standard input, or use --cloudaudit")
	case !o.dryRun:
		if err := a.mayAsk(o.yes, "writing to the configuration file"); err != nil {
			return err
		}
	}
	settings, err := a.account.Settings()
	if err != nil {
		return err
	}
	var captured capture.Capture
	if o.cloudAudit {
		captured, err = o.readAudit(ctx, a)
	} else {
		captured, err = await(ctx, func() (capture.Capture, error) { return a.readCaptures(args) })
	}
	if err != nil {
		return err
	}
	for _, warning := range captured.Warnings {
		a.warn("%s", warning)
	}
	if n := captured.Accounts(); n > 1 {
		return failure.New(failure.Usage, "the capture contains calls of %d accounts", n).WithHint("make a capture with one account signed in")
	}
	if captured.Empty() {
		return o.nothing(captured)
	}
	if len(known.Senders) == 0 && !o.cloudAudit {
		known.Senders = a.sendersIfAny(ctx)
	}
	found := captured.Learn(known, settings.Table)
	if len(found) == 0 {
		return o.unrecognised(captured)
	}
	if err := a.print(learnResult(found, settings.Table)); err != nil || o.dryRun {
		return err
	}
	return a.writeRows(ctx, o.yes, learnedRows(found, a.env.Now(), o.source()))
}

// known reads the values that identify the calls in a capture.
func (o learnOptions) known(a *app) (capture.Known, error) {
	for _, url := range o.urls {
		if p, found := notURL(url); found {
			return capture.Known{}, failure.New(failure.Usage, "--url %s: %s (%s)", a.url(callback.NewURL(url)), p.Message, p.Rule)
		}
	}
	for _, sender := range o.senders {
		if _, err := parseSender(sender); err != nil {
			return capture.Known{}, err
		}
	}
	policy, err := a.account.Policy()
	return capture.Known{URLs: o.urls, Senders: o.senders, Policy: policy}, err
}

func (o learnOptions) source() string {
	if o.cloudAudit {
		return "the audit log"
	}
	return "a capture of the console"
}

// sendersIfAny returns the sender addresses of the account, or nil if it cannot be read.
// A capture can be read without an account: then any address in it is accepted.
func (a *app) sendersIfAny(ctx context.Context) []string {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := a.account.Client(ctx)
	if err != nil {
		return nil
	}
	snapshot, err := client.Load(ctx, callback.PartSenders)
	if err != nil || len(snapshot.Senders) == 0 {
		a.warn("cannot read the sender addresses of the account; every email address in the capture is taken for one")
		return nil
	}
	return addressesOf(snapshot)
}

// nothing returns the finding for a capture without a call of SES. It names what the
// capture contains instead.
func (o learnOptions) nothing(c capture.Capture) error {
	if o.cloudAudit {
		return failure.New(failure.Finding, "the audit log has no SES event since then").
			WithHint("CloudAudit may not record SES; capture the console instead: sesctl api learn FILE")
	}
	seen := "it contains no requests"
	if hosts := c.SeenHosts(); len(hosts) > 0 {
		seen = "it contains requests to " + firstOf(hosts, mostListed)
	}
	if products := c.SeenProducts(); len(products) > 0 {
		seen += ", and calls of the products " + firstOf(products, mostListed)
	}
	return failure.New(failure.Finding, "the capture contains no SES call: %s", seen).
		WithHint("open the callback addresses page of the console with the network panel open, save a callback, and export again")
}

// unrecognised returns the finding for a capture with calls of SES, but without a call
// that concerns callbacks.
func (o learnOptions) unrecognised(c capture.Capture) error {
	var actions []string
	for _, call := range c.Calls {
		actions = append(actions, call.Action)
	}
	for _, m := range c.Mentions {
		actions = append(actions, m.Action)
	}
	slices.Sort(actions)
	actions = slices.Compact(actions)
	e := failure.New(failure.Finding, "no SES call in the capture contains a callback URL or a sender address; the calls are %s", firstOf(actions, mostListed))
	if o.cloudAudit {
		e = failure.New(failure.Finding, "no SES event in the audit log contains a callback URL or a sender address; the events are %s", firstOf(actions, mostListed))
	}
	if len(o.urls) > 0 {
		return e.WithHint("no call contains a URL named with --url; without --url, any URL that passes the rules is accepted")
	}
	if o.cloudAudit {
		return e.WithHint("save a callback in the console first, or capture the console instead: sesctl api learn FILE")
	}
	return e.WithHint("save a callback in the console with the network panel open, and name its URL with --url")
}

// readAudit reads the events of SES from the audit log.
func (o learnOptions) readAudit(ctx context.Context, a *app) (capture.Capture, error) {
	since, _, err := parseTime(a, "--since", o.since)
	if err != nil {
		return capture.Capture{}, err
	}
	settings, err := a.account.Settings()
	if err != nil {
		return capture.Capture{}, err
	}
	audit, err := a.account.Audit(ctx)
	if err != nil {
		return capture.Capture{}, err
	}
	names := map[string]bool{}
	for _, row := range settings.Table.Rows() {
		if !sesapi.IsPublished(row.Action) {
			names[row.Action] = true
		}
	}
	until := a.env.Now()
	if until.Sub(since) > ses.AuditKept {
		since = until.Add(-ses.AuditKept)
	}
	return readAuditEvents(ctx, audit, since, until, names)
}
