package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
	"github.com/sesctl/sesctl/pkg/callback"
)

// borrowed is a callback that points at a borrowed URL while this process lives.
type borrowed struct {
	app  *app
	loan *loan.Loan
}

// borrow points the callback of a target at a URL. The previous value is recorded first,
// so it can be restored whatever happens.
func (a *app) borrow(ctx context.Context, flags targetFlags, url callback.URL) (*borrowed, error) {
	target, err := flags.target()
	if err != nil {
		return nil, err
	}
	if err := a.announce(a.account); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.flags.timeout)
	defer cancel()
	a.loansShown = true // the loan of this target is an error below
	folder, here, err := a.loans()
	if err != nil {
		return nil, err
	}
	taken, err := folder.Take(here, target)
	switch {
	case errors.Is(err, loan.ErrInUse):
		return nil, failure.New(failure.Conflict, "%s is borrowed by another process", possessive(target)).
			WithHint("end the other 'sesctl event listen --borrow' first")
	case err != nil:
		return nil, err
	}
	b := &borrowed{app: a, loan: taken}
	if err := b.begin(ctx, here, target, url); err != nil {
		return nil, errors.Join(err, taken.Release())
	}
	// Other processes may use the state of the embedded emulator while this one listens.
	if err := a.account.Release(); err != nil {
		return nil, errors.Join(err, b.giveBack(ctx))
	}
	return b, nil
}

func (b *borrowed) begin(ctx context.Context, here journal.Account, target callback.Target, url callback.URL) error {
	a := b.app
	if b.loan.Recorded() {
		return failure.New(failure.Conflict, "%s is still borrowed by a process that was killed; its previous value was %s", possessive(target), a.orNone(b.loan.Borrowed.Old)).
			WithHint("'sesctl callback restore' restores it")
	}
	store, snapshot, err := a.account.ReadTarget(ctx, target)
	if err != nil {
		return err
	}
	former := snapshot.Callbacks.URL(target)
	if former.Same(url) {
		a.inform("%s is already %s; nothing is borrowed", possessive(target), a.url(url))
		return nil
	}
	record := loan.Record{Account: here, Borrowed: callback.NewChange(target, former, url), Since: a.env.Now().UTC()}
	if err := a.account.ReadyToRecord(ctx); err != nil {
		return err
	}
	receipt, err := b.loan.Begin(ctx, store, record, settling())
	if err != nil {
		_, undoErr := b.settle(ctx)
		return errors.Join(err, undoErr)
	}
	a.notes(a.account, receipt)
	a.inform("borrowed %s: %s (was %s)", possessive(target), a.url(url), a.orNone(former))
	return nil
}

// giveBack restores the previous value, also after an interrupt.
func (b *borrowed) giveBack(ctx context.Context) error {
	end, err := b.settle(ctx)
	switch {
	case err != nil || end.Action == "":
	case end.Action == loan.Left:
		b.app.warn("%s", b.app.endingText(end))
	default:
		b.app.inform("%s", b.app.endingText(end))
	}
	return errors.Join(err, b.loan.Release())
}

// settle ends the loan, if there is one.
func (b *borrowed) settle(ctx context.Context) (loan.Ending, error) {
	if !b.loan.Recorded() {
		return loan.Ending{}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.app.flags.timeout)
	defer cancel()
	end, err := b.app.settleLoan(ctx, b.loan)
	if err != nil {
		change := b.loan.Borrowed
		return end, failure.New(failure.KindOf(err), "%s still points at %s: %w", possessive(change.Target), b.app.url(change.New), err).
			WithHint("'sesctl callback restore' restores the previous value, %s", b.app.orNone(change.Old))
	}
	return end, nil
}

// settleLoan restores the previous value of a loan.
func (a *app) settleLoan(ctx context.Context, l *loan.Loan) (loan.Ending, error) {
	store, err := a.account.Store(ctx)
	if err != nil {
		return loan.Ending{}, err
	}
	end, err := l.Settle(ctx, store, settling())
	if err == nil {
		a.notes(a.account, end.Receipt)
	}
	return end, err
}

// loans returns the folder of the user's loans, and the account that the command acts
// on.
func (a *app) loans() (loan.Folder, journal.Account, error) {
	folder, err := a.account.Loans()
	if err != nil {
		return loan.Folder{}, journal.Account{}, err
	}
	here, err := a.account.Identity()
	return folder, here, err
}

// endingText describes how a loan ended.
func (a *app) endingText(end loan.Ending) string {
	what := possessive(end.Borrowed.Target)
	switch end.Action {
	case loan.Restored:
		return fmt.Sprintf("%s was restored to %s", what, a.url(end.Borrowed.Old))
	case loan.Deleted:
		return fmt.Sprintf("%s was deleted: there was none before", what)
	case loan.Back:
		return fmt.Sprintf("%s already has its previous value: %s", what, a.orNone(end.Current))
	case loan.InUse:
		return fmt.Sprintf("%s is borrowed by a process that is still listening", what)
	}
	return fmt.Sprintf("%s was changed to %s after it was borrowed, so it was not restored; its previous value was %s", what, a.orNone(end.Current), a.orNone(end.Borrowed.Old))
}
