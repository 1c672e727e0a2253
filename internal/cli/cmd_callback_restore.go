package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/loan"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newRestoreCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "restore",
		Short: "Restore callbacks left by an interrupted 'event listen --borrow'",
		Long: `Restore the previous value of callbacks that an interrupted 'sesctl event listen
--borrow' did not restore. A callback stays as it is if the process that borrowed
it is still listening, or if the callback was changed after it was borrowed.`,
		Example: "  sesctl callback restore",
		Args:    noArgs,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return runRestore(ctx, a) }),
	}
}

func runRestore(ctx context.Context, a *app) error {
	folder, here, err := a.loans()
	if err != nil {
		return err
	}
	if err := a.announce(a.account); err != nil {
		return err
	}
	a.loansShown = true // they are what this is about
	records, err := folder.Left()
	if err != nil {
		return err
	}
	var ends []loan.Ending
	var failures []error
	elsewhere := 0
	for _, r := range records {
		if r.Account != here {
			elsewhere++
			continue
		}
		end, err := a.restore(ctx, folder, r)
		switch {
		case err != nil:
			failures = append(failures, err)
		case end.Action != "":
			ends = append(ends, end)
		}
	}
	if elsewhere > 0 {
		a.warn("%s still borrowed in other accounts; to restore them, name their profile, endpoint or region",
			plural(elsewhere, "callback is", "callbacks are"))
	}
	if err := a.print(restoreResult(a, ends)); err != nil {
		return err
	}
	return errors.Join(failures...)
}

// restore ends one loan, unless the process that made it is still alive. It returns an
// ending without an action if the loan no longer exists.
func (a *app) restore(ctx context.Context, folder loan.Folder, r loan.Record) (end loan.Ending, err error) {
	taken, err := folder.Take(r.Account, r.Borrowed.Target)
	if errors.Is(err, loan.ErrInUse) {
		return loan.Ending{Record: r, Action: loan.InUse, Current: r.Borrowed.New}, nil
	}
	if err != nil {
		return end, err
	}
	defer func() { err = errors.Join(err, taken.Release()) }()
	if !taken.Recorded() {
		return end, nil
	}
	return a.settleLoan(ctx, taken)
}

func restoreResult(a *app, ends []loan.Ending) output.Result {
	type view struct {
		Scope    callback.Scope `json:"scope"`
		Sender   string         `json:"sender,omitempty"`
		Borrowed string         `json:"borrowed"`
		Former   string         `json:"former"` // "" if there was none
		Current  string         `json:"current"`
		Action   loan.Action    `json:"action"`
	}
	views := []view{}
	r := output.Result{}
	for _, end := range ends {
		c := end.Borrowed
		views = append(views, view{c.Target.Scope(), c.Target.Address(), c.New.Whole(), c.Old.Whole(), end.Current.Whole(), end.Action})
		r.Quiet = append(r.Quiet, string(end.Action))
		r.Text = append(r.Text, a.endingText(end))
	}
	if len(ends) == 0 {
		r.Text = []string{"no borrowed callbacks to restore"}
	}
	r.Data = views
	return r
}
