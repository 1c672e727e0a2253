package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// loan is a callback that points at a borrowed URL, for as long as this process
// holds its lock.
type loan struct {
	app    *app
	unlock func()
	file   loanFile
}

// borrow points the callback of a target at a URL. The loan is on disk before
// the callback is changed, so that whatever happens, the former value is known.
func (a *app) borrow(ctx context.Context, flags targetFlags, url callback.URL) (*loan, error) {
	target, err := flags.target()
	if err != nil {
		return nil, err
	}
	if err := a.announce(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.flags.timeout)
	defer cancel()
	file, err := a.loanFile(target)
	if err != nil {
		return nil, err
	}
	unlock, err := tryLock(file.lockPath())
	switch {
	case err != nil:
		return nil, err
	case unlock == nil:
		return nil, failure.New(failure.Conflict, "%s is borrowed by another process", possessive(target)).
			WithHint("end the other 'sesctl event listen --borrow' first")
	}
	l := &loan{app: a, unlock: unlock, file: file}
	if err := l.begin(ctx, url); err != nil {
		unlock()
		return nil, err
	}
	// Others may use the state of the embedded emulator in the meantime.
	if err := a.release(); err != nil {
		return nil, errors.Join(err, l.giveBack(ctx))
	}
	return l, nil
}

func (l *loan) begin(ctx context.Context, url callback.URL) error {
	a, target := l.app, l.file.target
	if left, err := l.file.read(); err != nil {
		return err
	} else if left != nil {
		return failure.New(failure.Conflict, "%s is still borrowed, by a process that was killed; its former value is %s", possessive(target), a.orNone(left.borrowed.Old)).
			WithHint("'sesctl callback restore' puts it back")
	}
	store, snapshot, err := a.readTarget(ctx, target)
	if err != nil {
		return err
	}
	former := snapshot.Callbacks.URL(target)
	if former.Same(url) {
		a.tell("%s is %s already; nothing is borrowed", possessive(target), a.url(url))
		return nil
	}
	l.file.content = loanContent{account: l.file.account, borrowed: callback.NewChange(target, former, url), since: a.env.Now().UTC()}
	if err := l.file.write(); err != nil {
		return err
	}
	receipt, err := callback.Make(ctx, store, l.file.content.borrowed, callback.Settling{Grace: interruptGrace})
	if err != nil {
		return errors.Join(err, l.undo(ctx, store))
	}
	a.notes(receipt)
	a.tell("borrowed %s: %s (was %s)", possessive(target), a.url(url), a.orNone(former))
	return nil
}

// undo is for a write that failed: it looks whether it was done all the same.
func (l *loan) undo(ctx context.Context, store callback.Store) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.app.flags.timeout)
	defer cancel()
	_, err := l.file.settle(ctx, store)
	return l.hint(err)
}

// giveBack puts the former value back, also after an interrupt.
func (l *loan) giveBack(ctx context.Context) error {
	defer l.unlock()
	if l.file.content.borrowed.New.IsZero() {
		return nil // it had that URL already
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.app.flags.timeout)
	defer cancel()
	store, err := l.app.store(ctx)
	if err != nil {
		return l.hint(err)
	}
	done, err := l.file.settle(ctx, store)
	if err != nil {
		return l.hint(err)
	}
	l.app.notes(done.receipt)
	if done.action == loanLeft {
		l.app.warn("%s", done.text(l.app))
	} else {
		l.app.tell("%s", done.text(l.app))
	}
	return nil
}

func (l *loan) hint(err error) error {
	if err == nil {
		return nil
	}
	return failure.New(failure.KindOf(err), "%s still points at %s: %w", possessive(l.file.target), l.app.url(l.file.content.borrowed.New), err).
		WithHint("'sesctl callback restore' puts the former value back, %s", l.app.orNone(l.file.content.borrowed.Old))
}

// The ends of a loan.
const (
	loanRestored = "restored" // the former URL is there again
	loanDeleted  = "deleted"  // there was none, and there is none again
	loanBack     = "back"     // the former value was there already
	loanLeft     = "left"     // somebody has set something else, which was left alone
	loanInUse    = "in_use"   // the process that borrowed it is alive
)

// settled is what became of a loan.
type settled struct {
	target  callback.Target
	loan    loanContent
	action  string
	current callback.URL // what is there now
	receipt callback.Receipt
}

// settle puts the former value back where the borrowed one is still there, and
// forgets the loan.
func (f loanFile) settle(ctx context.Context, store callback.Store) (settled, error) {
	done := settled{target: f.target, loan: f.content}
	snapshot, err := store.Load(ctx, callback.PartOf(f.target))
	if err != nil {
		return done, err
	}
	done.current = snapshot.Callbacks.URL(f.target)
	former := f.content.borrowed.Old
	switch f.content.borrowed.Judge(done.current) {
	case callback.VerdictNotMade:
		done.action = loanBack
	case callback.VerdictMade:
		done.action = loanRestored
		if former.IsZero() {
			done.action = loanDeleted
		}
		done.receipt, err = callback.Make(ctx, store, callback.NewChange(f.target, done.current, former), callback.Settling{Grace: interruptGrace})
	default:
		done.action = loanLeft
	}
	if err != nil {
		return done, err
	}
	return done, f.remove()
}

func (s settled) text(a *app) string {
	what := possessive(s.target)
	switch s.action {
	case loanRestored:
		return fmt.Sprintf("%s is %s again", what, a.url(s.loan.borrowed.Old))
	case loanDeleted:
		return fmt.Sprintf("%s is deleted again; there was none", what)
	case loanBack:
		return fmt.Sprintf("%s is what it was already: %s", what, a.orNone(s.current))
	case loanInUse:
		return fmt.Sprintf("%s is borrowed by a process that is still listening", what)
	}
	return fmt.Sprintf("%s was changed by somebody else, to %s, and left alone; before it was borrowed it was %s", what, a.orNone(s.current), a.orNone(s.loan.borrowed.Old))
}

// loanFile finds the file of the loan of a target of the account that the
// command acts on.
func (a *app) loanFile(target callback.Target) (loanFile, error) {
	settings, err := a.where()
	if err != nil {
		return loanFile{}, err
	}
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return loanFile{}, failure.New(failure.Failure, "%w", err)
	}
	return newLoanFile(dirs.State, a.author(settings).Account, target), nil
}
