package account

import (
	"io/fs"

	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Notice is something that the user has to know, although the command did not ask for
// it: one of the types below.
type Notice interface{ notice() }

// Settled reports entries of the journal that killed processes had left pending, and
// that a reading has settled.
type Settled struct{ Entries []journal.Entry }

// Repaired reports a callback that a killed process had deleted and not created again.
// It has its URL again. If Err is set, it could not be restored.
type Repaired struct {
	Entry   journal.Entry
	URL     callback.URL
	Receipt callback.Receipt
	Err     error
}

// Pending reports an entry that could not be ended in the journal.
type Pending struct {
	ID  string
	Err error
}

// Abandoned reports callbacks that are still borrowed by a process that was killed.
type Abandoned struct{ Loans []loan.Record }

// Unread reports that the journal or the loans could not be read. Err names which.
type Unread struct{ Err error }

// Tightened reports that other users could open a file, and that they no longer can.
type Tightened struct {
	Path string
	Mode fs.FileMode // the one that the file had
}

func (Settled) notice()   {}
func (Repaired) notice()  {}
func (Pending) notice()   {}
func (Abandoned) notice() {}
func (Unread) notice()    {}
func (Tightened) notice() {}

func (a *Account) notify(n Notice) {
	if a.options.OnNotice != nil {
		a.options.OnNotice(n)
	}
}

func (a *Account) tightened(path string) func(fs.FileMode) {
	return func(mode fs.FileMode) { a.notify(Tightened{path, mode}) }
}
