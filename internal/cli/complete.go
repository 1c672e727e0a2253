package cli

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/report"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

const completionTime = time.Second

// completeSenders completes the account's sender addresses, each with its effective
// callback, except the ones already on the command line. It must be fast, and prints
// nothing if it fails.
func (a *app) completeSenders(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	snapshot, err := a.glance(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var addresses []string
	for _, sender := range snapshot.SenderTargets() {
		if !slices.Contains(args, sender.Address()) {
			addresses = append(addresses, cobra.CompletionWithDesc(sender.Address(), a.texts.Text(a.effectiveText(snapshot.Callbacks.Resolve(sender)))))
		}
	}
	return addresses, cobra.ShellCompDirectiveNoFileComp
}

// completeTarget completes the word account, and sender addresses.
func (a *app) completeTarget(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	found, directive := a.completeSenders(cmd, args, typed)
	if !slices.Contains(args, string(callback.ScopeAccount)) {
		found = append([]string{cobra.CompletionWithDesc(string(callback.ScopeAccount), a.texts.Text("the account's callback"))}, found...)
	}
	return found, directive
}

// effectiveText describes an effective callback in a few words.
func (a *app) effectiveText(e callback.Effective) string {
	switch e.Source {
	case callback.SourceSender:
		return a.url(e.URL)
	case callback.SourceAccount:
		return a.url(e.URL) + " (account)"
	}
	return "no callback"
}

// glance reads the account for a completion, without retries and without the journal.
func (a *app) glance(cmd *cobra.Command) (callback.Snapshot, error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	a.env.Stderr = io.Discard
	a.env.Pause = func(context.Context, time.Duration) error { return context.Canceled } // nothing is tried twice
	if err := a.readGlobalFlags(cmd); err != nil {
		return callback.Snapshot{}, err
	}
	client, err := a.account.Client(ctx) // no journal: a completion settles nothing
	if err != nil {
		return callback.Snapshot{}, err
	}
	return client.Load(ctx, callback.PartAll)
}

// finishCompletion adds completions to the flags of every command, according to what
// they name: files, regions, filters and so on. It is called only when a shell asks for
// a completion, because it costs time.
func finishCompletion(cmd *cobra.Command) {
	none := cobra.ShellCompDirectiveNoFileComp
	offers := map[string]cobra.CompletionFunc{
		"region":   cobra.FixedCompletions(regionNames(), none),
		"endpoint": cobra.FixedCompletions(endpointURLs(), none),
		"filter":   cobra.FixedCompletions(filterOffers(), none|cobra.ShellCompDirectiveNoSpace),
		"fault":    cobra.FixedCompletions(faultOffers(), none|cobra.ShellCompDirectiveNoSpace),
		"report":   cobra.FixedCompletions(reportOffers(), none|cobra.ShellCompDirectiveNoSpace),
		"since":    cobra.FixedCompletions([]string{"1h", "24h", "7d", "today", "yesterday"}, none),
		"until":    cobra.FixedCompletions([]string{"today", "yesterday"}, none),
	}
	complete := func(f *pflag.Flag) {
		name, usage := pflag.UnquoteUsage(f)
		f.Usage = usage
		if _, has := cmd.GetFlagCompletionFunc(f.Name); has || len(f.Annotations[cobra.BashCompFilenameExt]) > 0 {
			return
		}
		switch offer := offers[f.Name]; {
		case name == "FILE":
			_ = cmd.RegisterFlagCompletionFunc(f.Name, completeFiles)
		case f.Name == "until" && f.Value.Type() != "string": // the number of events of listen
		case offer != nil:
			_ = cmd.RegisterFlagCompletionFunc(f.Name, offer)
		}
	}
	cmd.NonInheritedFlags().VisitAll(complete)
	if cmd.ValidArgsFunction == nil && takesFiles(cmd) {
		cmd.ValidArgsFunction = completeFiles
	}
	for _, child := range cmd.Commands() {
		finishCompletion(child)
	}
}

// completeFiles leaves the completion of files to the shell.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// takesFiles reports whether the arguments of a command are files.
func takesFiles(cmd *cobra.Command) bool {
	return strings.Contains(cmd.Use, "FILE") || strings.Contains(cmd.Use, "PLAN")
}

func regionNames() []string { return slices.Sorted(maps.Keys(sesapi.Regions())) }

func endpointURLs() []string {
	var urls []string
	for _, host := range sesapi.Regions() {
		urls = append(urls, "https://"+host)
	}
	slices.Sort(urls)
	return append(slices.Compact(urls), "http://127.0.0.1:8025")
}

func filterOffers() []string {
	var offers []string
	for _, name := range typeNames() {
		offers = append(offers, "event="+name)
	}
	return append(offers, fieldNames("=")...)
}

func reportOffers() []string {
	var offers []string
	for _, format := range report.Formats() {
		offers = append(offers, format+"=")
	}
	return offers
}

// faultOffers returns the completions of faults, without their values.
func faultOffers() []string {
	var offers []string
	for _, fault := range emulator.Faults() {
		name, _, hasValue := strings.Cut(strings.TrimSuffix(fault.Spec, "]"), "=")
		name = strings.TrimSuffix(name, "[")
		if hasValue {
			name += "="
		}
		offers = append(offers, name)
	}
	return offers
}
