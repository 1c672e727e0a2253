package cli

import (
	"strings"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
)

// notice prints a warning about something that happened at an account outside the
// command's own work.
func (a *app) notice(at *account.Account, n account.Notice) {
	switch n := n.(type) {
	case account.Settled:
		a.warnSettled(at, n.Entries)
	case account.Repaired:
		a.warnRepaired(at, n)
	case account.Pending:
		a.warnAt(at, "entry %s stays pending: %v", n.ID, n.Err)
	case account.Unread:
		a.warnAt(at, "%v", n.Err)
	case account.Tightened:
		a.warnAt(at, "other users could read %s, which contains whole callback URLs (mode %04o); its mode is now 0600", n.Path, n.Mode)
	case account.Abandoned:
		if !a.loansShown {
			for _, l := range n.Loans {
				a.warnAt(at, "%s", a.loanText(l))
			}
		}
	}
}

// warnSettled warns of changes that an interrupted process left pending, and that are
// now settled.
func (a *app) warnSettled(at *account.Account, entries []journal.Entry) {
	const each = 5
	if len(entries) <= each {
		for _, entry := range entries {
			a.warnAt(at, "an interrupted change (%s, %s) is settled: %s", entry.ID, entryTarget(entry), settledAs(entry))
		}
		return
	}
	made := 0
	for _, entry := range entries {
		if entry.Outcome == journal.Done {
			made++
		}
	}
	a.warnAt(at, "%d interrupted changes are settled: %d made, %d not made; 'sesctl callback history' lists them", len(entries), made, len(entries)-made)
}

func settledAs(e journal.Entry) string {
	switch {
	case e.Note != "":
		return strings.TrimPrefix(e.Note, "settled by reading: ")
	case e.Outcome == journal.Done:
		return "it was made"
	}
	return "it was not made"
}

func (a *app) warnRepaired(at *account.Account, n account.Repaired) {
	target := n.Entry.Change.Target
	if n.Err != nil {
		a.warnAt(at, "%s is missing: a change was interrupted between deletion and creation (%s), and sesctl cannot restore %s: %v",
			possessive(target), n.Entry.ID, a.url(n.URL), n.Err)
		a.warnAt(at, "the next command tries again; to set it yourself: %s", failure.Command("sesctl", "callback", "set", "--sender", target.Address(), "URL"))
		return
	}
	a.notes(at, n.Receipt)
	a.warnAt(at, "a change was interrupted between deletion and creation (%s), and %s was missing; it was restored to %s", n.Entry.ID, possessive(target), a.url(n.URL))
}

// loanText describes a callback that an interrupted process left borrowed.
func (a *app) loanText(l loan.Record) string {
	b := l.Borrowed
	return callbackOf(b.Target) + " is still borrowed by a process that was killed: it was set to " + a.url(b.New) +
		" and was " + a.orNone(b.Old) + " before; 'sesctl callback restore' restores it"
}
