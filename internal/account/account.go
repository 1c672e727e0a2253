package account

import (
	"context"
	"errors"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Options decide where a command acts, and how.
type Options struct {
	Flags   config.Flags
	Getenv  func(string) string
	Now     func() time.Time
	Pause   func(context.Context, time.Duration) error // before a retry; nil waits by the clock
	Version string                                     // of this program, for the service
	Rate    float64                                    // calls a second for each action; 0 for the quota
	Command string                                     // recorded with each change

	OnCall   func(ses.Call) // after each call; nil: nothing is done
	OnNotice func(Notice)   // of what the user has to know; nil: nothing is done
}

// Account is where a command acts. It is not safe for use by several goroutines,
// but what it opens is.
type Account struct {
	options  Options
	settings *config.Settings
	client   *ses.Client
	emulator *emulator.Emulator
	journal  *journal.Journal
	// credentialsFrom is the place of the credentials, in words.
	credentialsFrom string
	// repairTried holds the ids of the journal entries that a read has tried to repair. A
	// second try could change the account after a plan was made from the first read.
	repairTried map[string]bool
	loansLooked bool // abandoned loans were reported
}

// New returns the account that the options name. Nothing is opened yet.
func New(options Options) *Account { return &Account{options: options} }

// Settings returns where the command acts. It reads the configuration once.
func (a *Account) Settings() (config.Settings, error) {
	if a.settings == nil {
		settings, err := config.Load(a.options.Flags, config.KnownDirs(a.options.Getenv), a.options.Getenv)
		if err != nil {
			return config.Settings{}, err
		}
		a.settings = &settings
	}
	return *a.settings, nil
}

// Known returns the settings if [Account.Settings] has found them, and nil before.
func (a *Account) Known() *config.Settings { return a.settings }

// Profile returns the name of the profile that is used. Before [Account.Settings] is
// called, it returns the name that the options have. It is "" if there is no profile.
func (a *Account) Profile() string {
	if a.settings != nil {
		return a.settings.Profile
	}
	return a.options.Flags.Profile
}

// Policy returns the settings of the rules for callbacks of this account.
func (a *Account) Policy() (callback.Policy, error) {
	settings, err := a.Settings()
	if err != nil {
		return callback.Policy{}, err
	}
	return callback.Policy{Ports: settings.AllowedPorts, PrivateHosts: settings.Loopback()}, nil
}

// Identity returns the identity of the account in the journal and in loans. Each state
// file of the embedded emulator is an account of its own, named by its absolute path.
func (a *Account) Identity() (journal.Account, error) {
	settings, err := a.Settings()
	if err != nil {
		return journal.Account{}, err
	}
	endpoint := strings.TrimSuffix(strings.ToLower(settings.Endpoint.Value), "/") // a host and no path
	identity := journal.Account{Profile: settings.Profile, Endpoint: endpoint, Region: settings.Region.Value}
	if settings.Local {
		state := settings.LocalState
		if absolute, err := filepath.Abs(state); err == nil {
			state = absolute
		}
		identity.Endpoint, identity.Region = "local:"+state, ""
	}
	return identity, nil
}

// PlanIdentity returns the identity of the account in a kept plan. It has a region for
// the embedded emulator too.
func (a *Account) PlanIdentity() (journal.Account, error) {
	identity, err := a.Identity()
	if err == nil {
		identity.Region = a.settings.Region.Value
	}
	return identity, err
}

// Journal returns the record of the changes of this user.
func (a *Account) Journal() (*journal.Journal, error) {
	if a.journal != nil {
		return a.journal, nil
	}
	dirs, err := config.FindDirs(a.options.Getenv)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dirs.State, "journal.jsonl")
	a.journal, err = journal.Open(journal.Options{Path: path, Now: a.options.Now, OnTightened: a.tightened(path)})
	return a.journal, err
}

// author returns the author of the changes in the journal.
func (a *Account) author() (journal.Author, error) {
	identity, err := a.Identity()
	return journal.Author{Account: identity, Command: a.options.Command, Who: a.who}, err
}

// who returns the name of the user of the operating system, or "".
func (a *Account) who() string {
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if who := a.options.Getenv(name); who != "" {
			return who
		}
	}
	if u, err := user.Current(); err == nil { // in a container, or under cron
		return u.Username
	}
	return ""
}

// Loans returns the folder of the user's loans, in all accounts.
func (a *Account) Loans() (loan.Folder, error) {
	dirs, err := config.FindDirs(a.options.Getenv)
	return loan.In(dirs.State), err
}

// AbandonedLoans returns the loans of the account whose process was killed.
func (a *Account) AbandonedLoans() ([]loan.Record, error) {
	folder, err := a.Loans()
	if err != nil {
		return nil, err
	}
	identity, err := a.Identity()
	if err != nil {
		return nil, err
	}
	return folder.Abandoned(identity)
}

// Release closes the local state, so that other processes, and other accounts of this
// process, can open it. The next call that needs it opens it again.
func (a *Account) Release() error {
	if a.emulator == nil {
		return nil
	}
	err := a.emulator.Close()
	a.emulator, a.client = nil, nil
	return err
}

// Close closes what was opened.
func (a *Account) Close() error {
	var err error
	if a.journal != nil {
		err = a.journal.Close()
	}
	return errors.Join(err, a.Release())
}
