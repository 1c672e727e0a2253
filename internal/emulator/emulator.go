package emulator

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/delivery"
	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/emulator/tc3"
	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Options configures an emulator. The zero Options are ready to use.
type Options struct {
	// Keys maps secret ids to secret keys. Nil is one pair: the id "local" with the
	// key "local".
	Keys map[string]string
	// Now is the clock, with which timestamps of requests are compared; nil is
	// time.Now.
	Now func() time.Time
	// Table names the actions; the zero Table is sesapi.Default.
	Table sesapi.Table
	// Without are operations of the table that are not served.
	Without []sesapi.Operation
	// Deny are actions that access management (CAM) refuses.
	Deny []string
	// Policy has the ports that a callback URL may use. Private hosts are always
	// allowed.
	Policy callback.Policy
	// StateFile is where the account is kept; "" keeps it in memory. If it does not
	// exist, it is created with mode 0600, and its folder with mode 0700.
	StateFile string
	// Senders are the sender addresses of a fresh state. If an existing state lacks
	// some of them, they are added. Nil is DefaultSenders for a fresh state, and adds
	// nothing to an existing one. The limit of 10 sender addresses a domain does not
	// apply here.
	Senders []string
	// Deliveries configures how events are delivered.
	Deliveries DeliveryOptions
	// Faults are deliberate errors of the emulator. FaultSeed is the seed of their
	// random choices.
	Faults    []Fault
	FaultSeed uint64
	// AllowSimple accepts emails without a template. SES refuses them unless Tencent
	// has configured the account for them.
	AllowSimple bool
	// Unverified are domains that UpdateEmailIdentity never verifies.
	Unverified []string
	// Limits are limits of the service to imitate; by default there are none.
	Limits Limits
	// Scenario chooses the events of emails by their recipients.
	Scenario Scenario
	// OnRequest is called after each request of the API, OnAttempt after each attempt
	// to deliver an event. Several goroutines may call them at the same time.
	OnRequest func(Call)
	OnAttempt func(Delivery)
	// Wait is how long to wait for a state file that another process has locked; 0 is
	// 5 seconds.
	Wait time.Duration
}

// Call is one request of the API, with the outcome.
type Call struct {
	Action    string // "" if it could not be read
	Code      string // "" if it succeeded
	RequestID string
	Duration  time.Duration
}

// DefaultSenders returns the sender addresses of a fresh state.
func DefaultSenders() []string {
	return []string{"noreply@mail.example.com", "news@mail.example.com"}
}

// Emulator serves one account. It is safe for use by several goroutines.
type Emulator struct {
	now   func() time.Time
	deny  []string
	audit auditLog
	// auditAction is the action that reads the audit log.
	auditAction *action
	policy      callback.Policy
	verifier    *tc3.Verifier
	actions     map[string]*action
	regions     map[string]string
	buffers     sync.Pool // of *buffer
	jsonType    []string
	faults      atomic.Pointer[faults] // nil for none
	faultSeed   uint64
	bodies      bodies
	simple      bool
	scenario    atomic.Pointer[Scenario]
	limits      *limiter

	unverified map[string]struct{}
	senders    map[string]sender // of a fresh state

	state *state.Store
	// beside returns the handler of the paths below [ControlPath].
	beside    func() http.Handler
	onRequest func(Call)
	onAttempt func(Delivery)

	deliveries DeliveryOptions
	poster     *delivery.Poster
	queue      *delivery.Queue
	changed    signal // a delivery has changed
	rows       web.Changes
	resuming   sync.Once
	resumed    error

	unrecorded sync.Mutex
	lost       error // the first result of a delivery that could not be recorded
}

// Open returns an emulator, and opens its state file if it has one. The caller must
// close it. Open returns a [failure.Error] that names the file if the file is not a
// state file, is damaged, cannot be written, or is still locked by another process
// after o.Wait. It also returns an error if two operations of the table cannot be
// distinguished, if a fault names an action that does not exist, or if an option is not
// valid.
func Open(ctx context.Context, o Options) (*Emulator, error) {
	e := &Emulator{now: o.Now, policy: o.Policy, regions: sesapi.Regions(), jsonType: []string{"application/json"},
		bodies: newBodies(), simple: o.AllowSimple, limits: newLimiter(o.Limits), unverified: map[string]struct{}{}}
	for _, domain := range o.Unverified {
		t, err := callback.ParseSender("a@" + domain)
		if err != nil {
			return nil, failure.New(failure.Usage, "unverified domain %s: it is not a domain", quote(domain))
		}
		e.unverified[t.Domain()] = struct{}{}
	}
	if o.Limits.Quota < 0 || o.Limits.AddressHour < 0 || o.Limits.Day < 0 {
		return nil, failure.New(failure.Usage, "a limit must not be negative")
	}
	e.deny, e.auditAction = o.Deny, auditEvents()
	e.scenario.Store(&o.Scenario)
	e.policy.PrivateHosts = true
	e.onRequest, e.onAttempt = o.OnRequest, o.OnAttempt
	e.beside = sync.OnceValue(e.control)
	e.buffers.New = func() any { return new(buffer) }
	if e.now == nil {
		e.now = time.Now
	}
	keys := maps.Clone(o.Keys)
	if keys == nil {
		keys = map[string]string{"local": "local"}
	}
	e.verifier = tc3.NewVerifier(keys, e.now)
	table := o.Table
	if len(table.Rows()) == 0 {
		table = sesapi.Default()
	}
	var err error
	if e.actions, err = newActions(table); err != nil {
		return nil, failure.New(failure.Usage, "cannot serve the API table: %w", err)
	}
	if err := e.leaveOut(table, o.Without); err != nil {
		return nil, err
	}
	e.faultSeed = o.FaultSeed
	armed, err := newFaults(o.Faults, e.faultSeed, e.actions)
	if err != nil {
		return nil, err
	}
	if err := e.openState(ctx, o); err != nil {
		return nil, err
	}
	e.faults.Store(armed)
	if o.Faults == nil {
		e.loadFaults()
	}
	e.deliveries = o.Deliveries.withDefaults()
	e.poster = delivery.NewPoster(delivery.PosterOptions{UserAgent: userAgent, Anywhere: e.deliveries.Anywhere,
		Timeout: e.deliveries.Timeout, RootCAs: e.deliveries.RootCAs, Transport: e.deliveries.Transport})
	e.queue = delivery.NewQueue(e.backlog)
	return e, nil
}

// leaveOut removes the actions of operations, so that they are not served.
func (e *Emulator) leaveOut(table sesapi.Table, without []sesapi.Operation) error {
	for _, operation := range without {
		rows := table.Rows()
		i := slices.IndexFunc(rows, func(row sesapi.Row) bool { return row.Operation == operation })
		if i < 0 {
			return failure.New(failure.Usage, "the API table has no operation %s", quote(string(operation)))
		}
		delete(e.actions, rows[i].Action)
	}
	return nil
}

// Close waits for the deliveries that are due, for up to [DeliveryOptions].Grace, and
// closes the state file. Pending deliveries stay in the file. A state in memory can
// still be read afterwards. A second Close does nothing. Close also returns an error
// if the result of a delivery could not be recorded.
func (e *Emulator) Close() error {
	e.queue.Close(e.deliveries.Grace)
	e.poster.Close()
	err := e.state.Close()
	e.unrecorded.Lock()
	defer e.unrecorded.Unlock()
	if e.lost != nil && err == nil {
		err = failure.New(failure.Failure, "cannot record the results of some deliveries: %w", e.lost)
	}
	e.lost = nil
	return err
}

// userAgent is the User-Agent of requests to callbacks.
const userAgent = "sesctl-emulator"

var _ http.Handler = (*Emulator)(nil)
