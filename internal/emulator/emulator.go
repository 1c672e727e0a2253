package emulator

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Options says what an emulator is like. The zero Options are ready to use.
type Options struct {
	// Keys maps secret ids to secret keys; nil is the one pair local, local.
	Keys map[string]string
	// Now is the clock that timestamps are compared with; nil is time.Now.
	Now func() time.Time
	// Table names the actions; the zero Table is sesapi.Default.
	Table sesapi.Table
	// Policy says which ports a callback URL may name. Hosts that the internet
	// cannot reach are always allowed.
	Policy callback.Policy
	// StateFile is where the account is kept; "" keeps it in memory. It is
	// created with mode 0600, and its folder, where that is missing, with 0700.
	StateFile string
	// Senders are sender addresses that the account has: those of a fresh state,
	// and added to one that is there where they are missing. Nil is
	// DefaultSenders for a fresh state, and none to add. The limit of sender
	// addresses a domain does not apply to them.
	Senders []string
	// Deliveries says how events are delivered.
	Deliveries DeliveryOptions
	// Faults are ways to misbehave on purpose; FaultSeed is what chance among
	// them begins with.
	Faults    []Fault
	FaultSeed uint64
	// Wait is how long to wait for a state file that another process holds; 0
	// is 5 seconds.
	Wait time.Duration
}

const defaultWait = 5 * time.Second

// DefaultSenders returns the sender addresses of a fresh state.
func DefaultSenders() []string {
	return []string{"noreply@mail.example.com", "news@mail.example.com"}
}

// Emulator serves one account. It is safe for use by several goroutines.
type Emulator struct {
	keys     map[string]string
	now      func() time.Time
	policy   callback.Policy
	actions  map[string]*action
	regions  map[string]string
	derived  keyCache
	calls    sync.Pool // of *call
	jsonType []string
	faults   *faults // nil for none

	account account
	writing sync.Mutex // held from the check that a change is allowed until it is made
	file    *stateFile // nil in memory

	deliveries DeliveryOptions
	log        deliveryLog
	post       *poster
	deliverer  *deliverer
}

// Open returns an emulator, and reads its state where it has a file. It fails
// with a [failure.Error] that names the file: where it is not a state file, is
// damaged, is not writable, or where another process still holds it after
// o.Wait. It also fails for a table in which two operations cannot be told
// apart, and for a fault of an action that there is not. Close it after use.
func Open(ctx context.Context, o Options) (*Emulator, error) {
	e := &Emulator{keys: maps.Clone(o.Keys), now: o.Now, policy: o.Policy,
		regions: sesapi.Regions(), jsonType: []string{"application/json"}}
	e.policy.PrivateHosts = true
	e.calls.New = func() any { return new(call) }
	if e.keys == nil {
		e.keys = map[string]string{"local": "local"}
	}
	if e.now == nil {
		e.now = time.Now
	}
	table := o.Table
	if len(table.Rows()) == 0 {
		table = sesapi.Default()
	}
	var err error
	if e.actions, err = newActions(table); err != nil {
		return nil, failure.New(failure.Usage, "the API table cannot be served: %w", err)
	}
	if e.faults, err = newFaults(o.Faults, o.FaultSeed, e.actions); err != nil {
		return nil, err
	}
	fresh, err := e.freshState(o.Senders)
	if err != nil {
		return nil, err
	}
	if o.StateFile == "" {
		e.account.load(fresh)
	} else if err := e.openFile(ctx, o, fresh); err != nil {
		return nil, err
	}
	e.deliveries = o.Deliveries.withDefaults()
	e.log.keep, e.log.dirty = e.deliveries.Keep, map[uint64]*Delivery{}
	e.post, e.deliverer = newPoster(e.deliveries), newDeliverer(e.attempt)
	return e, nil
}

func (e *Emulator) openFile(ctx context.Context, o Options, fresh state) error {
	wait := o.Wait
	if wait == 0 {
		wait = defaultWait
	}
	file, stored, err := openStateFile(ctx, o.StateFile, wait, fresh)
	if err != nil {
		return err
	}
	e.file = file
	e.account.load(stored)
	if o.Senders == nil {
		return nil
	}
	for address, s := range fresh.senders {
		if _, there := stored.senders[address]; there {
			continue
		}
		if err := e.commit(change{kind: putSender, address: address, sender: s}); err != nil {
			_ = file.close()
			return stateError(o.StateFile, err)
		}
	}
	return nil
}

func (e *Emulator) freshState(addresses []string) (state, error) {
	if addresses == nil {
		addresses = DefaultSenders()
	}
	fresh := newState()
	for _, address := range addresses {
		t, err := callback.ParseSender(address)
		if err != nil {
			return state{}, failure.New(failure.Usage, "sender address: %w", err)
		}
		if _, twice := fresh.senders[t.Address()]; twice {
			return state{}, failure.New(failure.Usage, "sender address %s is given twice", t)
		}
		fresh.senders[t.Address()] = sender{Created: e.now().Unix()}
	}
	return fresh, nil
}

// commit makes one change: on disk first, so that what has been answered
// survives a crash. The caller holds e.writing.
func (e *Emulator) commit(c change) error {
	if e.file != nil {
		if err := e.file.write(c); err != nil {
			return err
		}
	}
	e.account.apply(c)
	return nil
}

// Close gives the deliveries that are due a moment to end ([DeliveryOptions].Grace),
// and lets go of the state file, which keeps those that are pending. Reads still
// work afterwards; writes fail where there was a file. A second Close does
// nothing. The error is also of a delivery whose end the file could not take.
func (e *Emulator) Close() error {
	e.deliverer.close(e.deliveries.Grace)
	e.post.close()
	e.log.flushes.Wait()
	e.writing.Lock()
	defer e.writing.Unlock()
	if e.file == nil {
		return nil
	}
	err := e.file.close()
	if failed := e.log.failed; failed != nil && err == nil {
		err = failure.New(failure.Failure, "what became of some deliveries could not be recorded: %w", failed)
	}
	e.log.failed = nil
	return err
}

var errClosed = errors.New("the emulator is closed")
