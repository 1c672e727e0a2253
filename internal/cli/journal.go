package cli

import (
	"cmp"
	"context"
	"io/fs"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// openJournal returns the record of changes of this user.
func (a *app) openJournal() (*journal.Journal, error) {
	if a.journal != nil {
		return a.journal, nil
	}
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dirs.State, "journal.jsonl")
	a.journal, err = journal.Open(journal.Options{Path: path, Now: a.env.Now, OnTightened: func(had fs.FileMode) {
		a.warn("other users could open %s, which has whole callback URLs (mode %04o); it is for you alone now", path, had)
	}})
	return a.journal, err
}

// history reads the journal, and says what is damaged in it.
func (a *app) history(ctx context.Context) (journal.History, error) {
	j, err := a.openJournal()
	if err != nil {
		return journal.History{}, err
	}
	history, err := j.Read(ctx)
	const each = 5
	for i, d := range history.Damage {
		if i == each {
			a.warn("%s: %s skipped besides", j.Path(), plural(len(history.Damage)-each, "line was", "lines were"))
			break
		}
		a.warn("%s: %s", j.Path(), d)
	}
	return history, err
}

// author says on whose behalf changes are recorded. Each state file of the
// embedded emulator is an account of its own, by its absolute path.
func (a *app) author(settings config.Settings) journal.Author {
	endpoint := strings.TrimSuffix(strings.ToLower(settings.Endpoint.Value), "/") // a host and no path
	account := journal.Account{Profile: settings.Profile, Endpoint: endpoint, Region: settings.Region.Value}
	if settings.Local {
		state := settings.LocalState
		if absolute, err := filepath.Abs(state); err == nil {
			state = absolute
		}
		account.Endpoint, account.Region = "local:"+state, ""
	}
	return journal.Author{Account: account, Command: a.command, Who: a.who}
}

// planPlace is the account that a plan is kept for. A plan of the embedded
// emulator is for a region too, like any other.
func (a *app) planPlace(settings config.Settings) journal.Account {
	place := a.author(settings).Account
	place.Region = settings.Region.Value
	return place
}

// who is the user of the operating system.
func (a *app) who() string {
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if who := a.env.Getenv(name); who != "" {
			return who
		}
	}
	if u, err := user.Current(); err == nil { // in a container, or under cron
		return u.Username
	}
	return ""
}

// recorded is a store whose changes are in the journal, and whose reads settle
// what a process that was killed left pending there.
type recorded struct {
	callback.Store
	app     *app
	journal *journal.Journal
	account journal.Account
}

func (a *app) record(inner callback.Store, settings config.Settings) (callback.Store, error) {
	j, err := a.openJournal()
	if err != nil {
		return unrecorded{inner, err}, nil
	}
	author := a.author(settings)
	return recorded{Store: journal.Store(inner, j, author), app: a, journal: j, account: author.Account}, nil
}

// unrecorded is a store that only reads, because there is no place for the journal.
type unrecorded struct {
	callback.Store
	why error
}

func (u unrecorded) Make(context.Context, callback.Change) (callback.Receipt, error) {
	return callback.Receipt{}, u.why
}

// readyToRecord fails if a change could not be recorded. It is called before anything
// is asked, sent or shown as done, so that there is one error and no half of the work.
func (a *app) readyToRecord(ctx context.Context) error {
	j, err := a.openJournal()
	if err != nil {
		return err
	}
	return j.Ready(ctx)
}

func (r recorded) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	if parts&callback.PartCallbacks == 0 {
		return r.Store.Load(ctx, parts)
	}
	left, unread := r.journal.Left(ctx, r.account)
	snapshot, err := r.Store.Load(ctx, parts)
	if err != nil {
		return snapshot, err
	}
	settled, unsettled := r.journal.Settle(ctx, left, snapshot.Callbacks, parts)
	if err := cmp.Or(unread, unsettled); err != nil {
		r.app.warn("the journal could not be read: %v", err)
	}
	r.app.tellSettled(settled.Ended)
	r.app.warnLoans(r.account)
	if len(settled.CutOff) == 0 {
		return snapshot, nil
	}
	r.mendAll(ctx, settled.CutOff)
	return r.Store.Load(ctx, parts) // what became of it may be unknown
}

// tellSettled warns of what a process that was killed had left pending.
func (a *app) tellSettled(entries []journal.Entry) {
	const each = 5
	if len(entries) <= each {
		for _, entry := range entries {
			a.warn("a change that was cut off (%s, %s) is settled: %s", entry.ID, entryTarget(entry), settledAs(entry))
		}
		return
	}
	made := 0
	for _, entry := range entries {
		if entry.Outcome == journal.Done {
			made++
		}
	}
	a.warn("%d changes that were cut off are settled: %d made, %d not made; 'sesctl callback history' lists them", len(entries), made, len(entries)-made)
}

func entryTarget(e journal.Entry) string {
	return targetName(e.Change.Target)
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
