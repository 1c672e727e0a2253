package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type setOptions struct {
	target      targetFlags
	urlFile     string
	replace     bool
	expect      string
	expectGiven bool
	dryRun      bool
	verify      bool
	blind       bool
}

func newSetCommand(a *app) *cobra.Command {
	var o setOptions
	cmd := &cobra.Command{
		Use:   "set TARGET (URL | --url-file FILE)",
		Short: "Set the callback of the account or of a sender",
		Long: `Set the callback of a target: the word account, or a sender address.

A target has at most one callback. If it already has another URL, nothing is
changed and the exit status is 6. --replace replaces any URL. --expect replaces
the URL only if it is the one that you name.`,
		Example: `  sesctl callback set account https://hooks.example.com:8080/ses
  sesctl callback set news@mail.example.com https://hooks.example.com:8081/news

  # Keep a URL that holds a token off the command line
  echo 'https://hooks.example.com:8080/ses?token=secret' | sesctl callback set account --url-file - --replace`,
		RunE: a.run(func(ctx context.Context, args []string) error { return runSet(ctx, a, o, args) }),
	}
	o.target.add(a, cmd)
	f := cmd.Flags()
	f.StringVar(&o.urlFile, "url-file", "", "read the URL from `FILE`; - is standard input")
	f.BoolVar(&o.replace, "replace", false, "replace the current URL of the target")
	f.StringVar(&o.expect, "expect", "", "change the callback only if it is `OLD`; none means that there must be no callback")
	f.BoolVar(&o.verify, "verify", false, "first check whether the URL can receive events, as 'sesctl callback check' does")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would happen without changing anything; --verify then sends no sample event")
	addBlind(cmd, &o.blind)
	_ = f.SetAnnotation("expect", mayBeEmpty, []string{"it expects that there is none"})
	cmd.PreRun = func(cmd *cobra.Command, _ []string) { o.expectGiven = cmd.Flags().Changed("expect") }
	cmd.ValidArgsFunction = a.completeTarget
	_ = cmd.MarkFlagFilename("url-file")
	return cmd
}

// setOutcome describes what a command did, or would do in a dry run.
type setOutcome struct {
	callback callback.Callback
	action   string       // created, replaced or unchanged
	previous callback.URL // of what was replaced
	dryRun   bool
}

func runSet(ctx context.Context, a *app, o setOptions, args []string) error {
	names, urls := splitTargets(args)
	if err := o.target.checkNamed(names, urls); err != nil {
		return err
	}
	target, err := o.target.target(names...)
	if err != nil {
		return err
	}
	text, err := await(ctx, func() (string, error) { return o.url(a, urls) })
	if err != nil {
		return err
	}
	url := callback.NewURL(text)
	if err := o.checkExpected(a); err != nil {
		return err
	}
	if err := a.checkURL(url, o.urlFile); err != nil {
		return err
	}
	if err := a.announce(a.account); err != nil {
		return err
	}
	blind, err := a.isBlind(o.blind)
	if err != nil {
		return err
	}
	if blind {
		return o.setBlind(ctx, a, callback.Callback{Target: target, URL: url})
	}
	store, snapshot, err := a.account.ReadTarget(ctx, target)
	if err != nil {
		return err
	}
	have := snapshot.Callbacks.URL(target)
	outcome, err := o.decide(a, callback.Callback{Target: target, URL: url}, have)
	if err != nil {
		return err
	}
	if outcome.action != "unchanged" && !o.dryRun {
		if err := a.account.ReadyToRecord(ctx); err != nil {
			return err
		}
	}
	if o.verify {
		if err := a.verify(ctx, a.account, o.dryRun, url); err != nil {
			return err
		}
	}
	if outcome.action != "unchanged" && !o.dryRun {
		receipt, err := a.make(ctx, store, callback.NewChange(target, have, url))
		if err != nil {
			return err
		}
		a.notes(a.account, receipt)
	}
	return a.print(outcome.result(a))
}

func (o setOptions) url(a *app, args []string) (string, error) {
	switch {
	case len(args) > 1:
		return "", failure.New(failure.Usage, "%d URLs were given, but a target has one callback", len(args)).WithHint("name one URL")
	case len(args) == 1 && o.urlFile != "":
		return "", failure.New(failure.Usage, "a URL and --url-file cannot be used together")
	case len(args) == 1:
		return args[0], nil
	case o.urlFile != "":
		return a.readURL(o.urlFile)
	}
	return "", failure.New(failure.Usage, "missing URL").WithHint("give it as an argument, or with --url-file FILE")
}

// checkExpected reads the value of --expect. The word none stands for no callback. It
// refuses a value that cannot be a callback.
func (o *setOptions) checkExpected(a *app) error {
	if o.expect == "none" {
		o.expect = ""
	}
	if o.expect == "" {
		return nil
	}
	if p, found := notURL(callback.EncodeURL(o.expect)); found {
		return failure.New(failure.Usage, "--expect %s: %s (%s)", a.url(callback.NewURL(o.expect)), p.Message, p.Rule).
			WithHint("name the current URL, or none")
	}
	return nil
}

// decide compares the wanted callback with the current one.
func (o setOptions) decide(a *app, want callback.Callback, have callback.URL) (setOutcome, error) {
	outcome, expected := setOutcome{callback: want, dryRun: o.dryRun}, callback.NewURL(o.expect)
	switch {
	case !have.IsZero() && have.Same(want.URL):
		outcome.action, outcome.callback.URL = "unchanged", have
	case o.expectGiven && !have.Same(expected):
		return setOutcome{}, failure.New(failure.Conflict, "%s is %s, not %s; nothing was changed",
			callbackOf(want.Target), a.orNone(have), a.orNone(expected)).
			WithHints(a.hiddenChangeHint(have, expected)).
			WithHint("it was changed elsewhere; %s shows the current callback", failure.Command("sesctl", "callback", "get", targetName(want.Target)))
	case have.IsZero():
		outcome.action = "created"
	case o.replace || o.expectGiven:
		outcome.action, outcome.previous = "replaced", have
	default:
		return setOutcome{}, failure.New(failure.Conflict, "%s is already %s; it was not changed to %s",
			callbackOf(want.Target), a.url(have), a.replacement(have, want.URL)).
			WithHints(a.hiddenChangeHint(have, want.URL)).
			WithHint("use --replace to replace it")
	}
	return outcome, nil
}

func (s setOutcome) result(a *app) output.Result {
	type rest struct {
		Action   string `json:"action"`
		Previous string `json:"previous,omitempty"`
		DryRun   bool   `json:"dry_run,omitempty"`
		Masked   bool   `json:"masked_change,omitempty"`
	}
	line := fmt.Sprintf("%s %s: %s", s.action, callbackOf(s.callback.Target), a.url(s.callback.URL))
	if s.dryRun && s.action != "unchanged" {
		line = fmt.Sprintf("%s would be %s: %s", callbackOf(s.callback.Target), s.action, a.url(s.callback.URL))
	}
	if !s.previous.IsZero() {
		if a.hiddenChange(s.previous, s.callback.URL) {
			line += " " + tokenChanges
		} else {
			line += fmt.Sprintf(" (was %s)", a.url(s.previous))
		}
	}
	data := output.Joined{s.callback, rest{s.action, s.previous.Whole(), s.dryRun, a.maskedChange(s.previous, s.callback.URL)}}
	return output.Result{Data: data, Quiet: []string{s.action}, Text: []string{line}}
}
