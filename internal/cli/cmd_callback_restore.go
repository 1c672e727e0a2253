package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newRestoreCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "restore",
		Short: "Put back callbacks that a killed 'event listen --borrow' has left",
		Long: `Put the former value back where 'sesctl event listen --borrow' was killed before it
could. What is borrowed by a process that is still listening stays, and so does a
callback that somebody has set to something else since.`,
		Example: "  sesctl callback restore",
		Args:    noArgs,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return runRestore(ctx, a) }),
	}
}

func runRestore(ctx context.Context, a *app) error {
	settings, err := a.where()
	if err != nil {
		return err
	}
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return failure.New(failure.Failure, "%w", err)
	}
	if err := a.announce(); err != nil {
		return err
	}
	loans, err := leftLoans(dirs.State)
	if err != nil {
		return err
	}
	here := a.author(settings).Account
	var done []settled
	var failures []error
	elsewhere := 0
	for _, f := range loans {
		if f.account != here {
			elsewhere++
			continue
		}
		one, err := a.restore(ctx, f)
		switch {
		case err != nil:
			failures = append(failures, err)
		case one != nil:
			done = append(done, *one)
		}
	}
	if elsewhere > 0 {
		a.warn("%s borrowed in other accounts, and stay so: name their profile, endpoint or region to put them back",
			plural(elsewhere, "callback is", "callbacks are"))
	}
	if err := a.print(restoreResult(a, done)); err != nil {
		return err
	}
	return errors.Join(failures...)
}

// restore settles one loan, unless the process that made it is alive. Nil stands
// for a loan that is gone meanwhile.
func (a *app) restore(ctx context.Context, f loanFile) (*settled, error) {
	unlock, err := tryLock(f.lockPath())
	if err != nil {
		return nil, err
	}
	if unlock == nil {
		return &settled{target: f.target, loan: f.content, action: loanInUse, current: f.content.borrowed.New}, nil
	}
	defer unlock()
	content, err := f.read()
	if err != nil || content == nil {
		return nil, err
	}
	f.content = *content
	store, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	one, err := f.settle(ctx, store)
	if err != nil {
		return nil, err
	}
	a.notes(one.receipt)
	return &one, nil
}

func restoreResult(a *app, done []settled) output.Result {
	type view struct {
		Scope    callback.Scope `json:"scope"`
		Sender   string         `json:"sender,omitempty"`
		Borrowed string         `json:"borrowed"`
		Former   string         `json:"former"` // "" where there was none
		Current  string         `json:"current"`
		Action   string         `json:"action"` // restored, deleted, back, left or in_use
	}
	views := []view{}
	r := output.Result{}
	for _, s := range done {
		current := s.current
		if s.action == loanRestored || s.action == loanDeleted {
			current = s.loan.borrowed.Old
		}
		views = append(views, view{s.target.Scope(), s.target.Address(), s.loan.borrowed.New.Whole(), s.loan.borrowed.Old.Whole(), current.Whole(), s.action})
		r.Quiet = append(r.Quiet, s.action)
		r.Text = append(r.Text, s.text(a))
	}
	if len(done) == 0 {
		r.Text = []string{"nothing was left borrowed"}
	}
	r.Data = views
	return r
}
