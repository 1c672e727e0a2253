package cli

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/pkg/callback"
)

const completionTime = time.Second

// completeSenders offers the account's sender addresses, each with its effective
// callback, but for those that are already on the line. It is quick, and silent if it
// fails.
func (a *app) completeSenders(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	snapshot, err := a.glance(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var addresses []string
	for _, sender := range snapshot.SenderTargets() {
		if !slices.Contains(args, sender.Address()) {
			addresses = append(addresses, cobra.CompletionWithDesc(sender.Address(), a.effectiveText(snapshot.Callbacks.Resolve(sender))))
		}
	}
	return addresses, cobra.ShellCompDirectiveNoFileComp
}

// completeTarget offers the word account, and sender addresses.
func (a *app) completeTarget(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	found, directive := a.completeSenders(cmd, args, typed)
	if !slices.Contains(args, string(callback.ScopeAccount)) {
		found = append([]string{cobra.CompletionWithDesc(string(callback.ScopeAccount), "the account's callback")}, found...)
	}
	return found, directive
}

// effectiveText is where the events of a sender go, in a few words.
func (a *app) effectiveText(e callback.Effective) string {
	switch e.Source {
	case callback.SourceSender:
		return a.url(e.URL)
	case callback.SourceAccount:
		return a.url(e.URL) + " (account)"
	}
	return "no callback"
}

// glance reads the account for a completion.
func (a *app) glance(cmd *cobra.Command) (callback.Snapshot, error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	a.env.Stderr = io.Discard
	a.env.Pause = func(context.Context, time.Duration) error { return context.Canceled } // nothing is tried twice
	if err := a.readGlobalFlags(cmd); err != nil {
		return callback.Snapshot{}, err
	}
	client, err := a.openClient(ctx) // no journal: a completion settles nothing
	if err != nil {
		return callback.Snapshot{}, err
	}
	return client.Load(ctx, callback.PartAll)
}
