package cli

import (
	"github.com/sesctl/sesctl/internal/loan"
)

// loansLeft returns the loans of an account that a crash has left: their processes are
// not alive.
func (a *app) loansLeft() ([]loan.Record, error) {
	folder, account, err := a.loans()
	if err != nil {
		return nil, err
	}
	return folder.Abandoned(account)
}

// warnLoans warns, once, of the loans that a crash has left.
func (a *app) warnLoans() {
	if a.loansShown {
		return
	}
	a.loansShown = true
	left, err := a.loansLeft()
	if err != nil {
		a.warn("the borrowed callbacks could not be read: %v", err)
	}
	for _, l := range left {
		a.warn("%s", a.loanText(l))
	}
}

func (a *app) loanText(l loan.Record) string {
	b := l.Borrowed
	return callbackOf(b.Target) + " is still borrowed, by a process that was killed: it was set to " + a.url(b.New) +
		" and was " + a.orNone(b.Old) + " before; 'sesctl callback restore' puts it back"
}

// checkLoans is the check of doctor for loans that a crash has left.
func (a *app) checkLoans() check {
	left, err := a.loansLeft()
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
