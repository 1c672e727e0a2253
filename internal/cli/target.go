package cli

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// targetFlags are --account and --sender, wherever a command needs one target.
type targetFlags struct {
	account bool
	sender  string
}

func (t *targetFlags) add(a *app, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.account, "account", false, "the account's callback")
	cmd.Flags().StringVar(&t.sender, "sender", "", "the callback of the sender `ADDRESS`")
	_ = cmd.RegisterFlagCompletionFunc("sender", a.completeSenders)
}

// given reports whether either flag was used.
func (t *targetFlags) given() bool { return t.account || t.sender != "" }

func (t *targetFlags) target() (callback.Target, error) {
	switch {
	case t.account && t.sender != "":
		return callback.Target{}, failure.New(failure.Usage, "--account and --sender exclude each other").
			WithHint("a callback belongs to the account or to one sender address")
	case t.account:
		return callback.Account(), nil
	case t.sender == "":
		return callback.Target{}, failure.New(failure.Usage, "no target").
			WithHint("name one: --account, or --sender ADDRESS")
	}
	return parseSender(t.sender)
}

func parseSender(address string) (callback.Target, error) {
	target, err := callback.ParseSender(address)
	if err != nil {
		return callback.Target{}, failure.New(failure.Usage, "%w", err).
			WithHint("write an address such as noreply@mail.example.com")
	}
	return target, nil
}

// targetName is the target of a row in a table.
func targetName(t callback.Target) string {
	if t.IsAccount() {
		return "account"
	}
	return t.Address()
}

// possessive is "the account's callback" or "the callback of a@b".
func possessive(t callback.Target) string {
	if t.IsAccount() {
		return "the account's callback"
	}
	return "the callback of " + t.Address()
}

// requireSender fails where the account does not have the sender address.
func requireSender(snapshot callback.Snapshot, t callback.Target) error {
	if t.IsAccount() || snapshot.Registered(t) {
		return nil
	}
	err := failure.New(failure.NotFound, "the account has no sender address %s", t)
	for _, sender := range snapshot.Senders {
		if sender.Target.Domain() == t.Domain() {
			return err.WithHint("it has %s; 'sesctl sender list' shows all", sender.Target)
		}
	}
	return err.WithHint("'sesctl sender list' shows those that it has; the SES console creates them")
}

const completionTime = time.Second

// completeSenders offers the account's sender addresses, but for those that are
// on the line already. It is quick, and silent where it cannot.
func (a *app) completeSenders(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	a.env.Stderr = io.Discard
	a.env.Pause = func(context.Context, time.Duration) error { return context.Canceled } // nothing is tried twice
	if a.readGlobalFlags(cmd) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	store, err := a.store(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	snapshot, err := store.Load(ctx, callback.PartSenders)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var addresses []string
	for _, sender := range snapshot.Senders {
		if address := sender.Target.Address(); !slices.Contains(args, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses, cobra.ShellCompDirectiveNoFileComp
}
