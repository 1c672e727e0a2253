package cli

import (
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
)

// loansLeft returns the loans of an account that a crash has left: their processes are
// not alive.
func (a *app) loansLeft(account journal.Account) ([]loan.Record, error) {
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return nil, err
	}
	return loan.In(dirs.State).Abandoned(account)
}

// warnLoans warns, once, of the loans that a crash has left.
func (a *app) warnLoans(account journal.Account) {
	if a.loansShown {
		return
	}
	a.loansShown = true
	left, err := a.loansLeft(account)
	if err != nil {
		a.warn("the borrowed callbacks could not be read: %v", err)
	}
	for _, r := range left {
		a.warn("%s", a.loanText(r))
	}
}

func (a *app) loanText(r loan.Record) string {
	b := r.Borrowed
	return callbackOf(b.Target) + " is still borrowed, by a process that was killed: it was set to " + a.url(b.New) +
		" and was " + a.orNone(b.Old) + " before; 'sesctl callback restore' puts it back"
}

// checkLoans is the check of doctor for loans that a crash has left.
func (a *app) checkLoans(settings config.Settings) check {
	left, err := a.loansLeft(a.author(settings).Account)
	switch {
	case err != nil:
		return check{"loans", statusWarn, err.Error()}
	case len(left) == 0:
		return check{"loans", statusOK, "nothing is borrowed"}
	}
	return check{"loans", statusWarn, a.loanText(left[0]) + moreText(len(left)-1)}
}

func moreText(n int) string {
	if n == 0 {
		return ""
	}
	return "; and " + plural(n, "other", "others")
}
