package journal

import (
	"cmp"
	"io/fs"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Outcome is the result of a change.
type Outcome string

// The outcomes. An entry is pending until its end is known.
const (
	Pending Outcome = "pending"
	Done    Outcome = "done"
	Failed  Outcome = "failed"
)

// Account identifies an account, as far as sesctl can. The journal, a loan and a
// saved plan all use this value to name the account that they belong to.
type Account struct {
	Profile  string `json:"profile"` // "" without a profile
	Endpoint string `json:"endpoint"`
	Region   string `json:"region"`
}

// Entry is one change and its outcome.
type Entry struct {
	ID        string // unique, and in the order of the entries
	Time      time.Time
	Account   Account
	Who       string // the user of the operating system
	Command   string // the command that made the change, "" if it is not known
	Change    callback.Change
	RequestID string
	Outcome   Outcome
	Note      string // how a pending entry was settled

	run   string
	steps bool // it was to be made by a deletion and a creation
}

// MarshalJSON returns the entry as users see it.
func (e Entry) MarshalJSON() ([]byte, error) {
	return encode(struct {
		ID        string         `json:"id"`
		Time      time.Time      `json:"time"`
		Profile   string         `json:"profile"`
		Who       string         `json:"who"`
		Scope     callback.Scope `json:"scope"`
		Sender    string         `json:"sender"` // "" for the account
		Old       string         `json:"old"`    // "" if there was no callback
		New       string         `json:"new"`    // "" if it was deleted
		Endpoint  string         `json:"endpoint"`
		Region    string         `json:"region"`
		Command   string         `json:"command"`
		RequestID string         `json:"request_id"`
		Outcome   Outcome        `json:"outcome"`
		Blind     bool           `json:"blind,omitempty"` // Old is not known
	}{e.ID, e.Time, e.Account.Profile, e.Who, e.Change.Target.Scope(), e.Change.Target.Address(), e.Change.Old.Whole(), e.Change.New.Whole(), e.Account.Endpoint, e.Account.Region, e.Command, e.RequestID, e.Outcome, e.Change.Blind})
}

// Options holds the place of a journal and what the journal depends on.
type Options struct {
	// Path is the file. The file and its folder are created when the first entry
	// is written. The lock file is Path with ".lock" at its end.
	Path string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Wait is how long to wait for another process that holds the lock; 0 means
	// ten seconds. The context may end the wait sooner.
	Wait time.Duration
	// OnTightened, if not nil, is called when other users could read or write the file
	// and cannot any longer, with the mode that it had. It is called while the journal
	// is locked, and must not use it.
	OnTightened func(fs.FileMode)
}

const defaultWait = 10 * time.Second

// Journal is the record of changes in one file. It is safe for use by several
// goroutines and, because of the lock of the file, by several processes.
type Journal struct {
	path string
	now  func() time.Time
	wait time.Duration

	onTightened func(fs.FileMode)

	queue    queue // not written yet
	unsynced queue // written, but not durable yet
	tail     tail
	ended    ended
	run      run
}

// ended records how much of the file is known to leave no entry open.
type ended struct {
	mu   sync.Mutex
	size int64
}

// Open returns the journal in a file. It does not touch the file: a command that
// only reads leaves no file behind.
func Open(options Options) (*Journal, error) {
	if options.Path == "" {
		return nil, failure.New(failure.Usage, "the journal has no path")
	}
	j := &Journal{path: options.Path, now: options.Now, wait: cmp.Or(options.Wait, defaultWait), onTightened: options.OnTightened}
	if j.now == nil {
		j.now = time.Now
	}
	j.queue.turn, j.unsynced.turn = make(chan struct{}, 1), make(chan struct{}, 1)
	return j, nil
}

// Close allows other processes to settle the entries that this process leaves
// pending. The journal can be used again.
func (j *Journal) Close() error {
	j.queue.turn <- struct{}{}
	defer func() { <-j.queue.turn }()
	return j.endRun()
}

// Path returns the file of the journal.
func (j *Journal) Path() string { return j.path }

// timestamp returns the time in the precision of the file.
func (j *Journal) timestamp() time.Time { return j.now().UTC().Truncate(time.Millisecond) }
