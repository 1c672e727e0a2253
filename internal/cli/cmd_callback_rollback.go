package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/pkg/callback"
)

func newRollbackCommand(a *app) *cobra.Command {
	var o carryOptions
	cmd := &cobra.Command{
		Use:   "rollback ID",
		Short: "Restore the state before a change in the history",
		Long: `Restore the state before an entry of the history: plan the changes, show them and
make them. The targets of this entry and of all later entries get the callbacks
that they had before. Callbacks that were only changed elsewhere stay as they are.`,
		Example: `  sesctl callback history
  sesctl callback rollback 1m853aja0`,
		Args: oneArg("ID"),
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runRollback(ctx, a, o, args[0]) }),
	}
	o.add(a, cmd)
	cmd.ValidArgsFunction = a.completeEntries
	return cmd
}

func runRollback(ctx context.Context, a *app, o carryOptions, id string) error {
	if err := o.check(a, "a rollback"); err != nil {
		return err
	}
	if err := a.announce(a.account); err != nil {
		return err
	}
	_, snapshot, err := a.account.Read(ctx, callback.PartAll) // settles what is pending
	if err != nil {
		return err
	}
	history, err := a.history(ctx, a.account)
	if err != nil {
		return err
	}
	here, err := a.account.Identity()
	if err != nil {
		return err
	}
	before, err := history.Before(id, here, snapshot.Callbacks)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, []*place{{at: a.account, planned: planFor(snapshot, before)}}, o)
}

// completeEntries completes the ids of the history, each with the target of its change.
func (a *app) completeEntries(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	const most = 50
	j, err := a.openAccount("", "").Journal()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	history, err := j.Read(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, e := range history.Entries[:min(most, len(history.Entries))] {
		ids = append(ids, cobra.CompletionWithDesc(e.ID, e.Time.Local().Format(time.DateTime)+" "+entryTarget(e)))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
