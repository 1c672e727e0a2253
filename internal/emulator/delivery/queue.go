package delivery

import (
	"context"
	"math"
	"sync"
	"time"
)

const (
	// maxActive bounds the steps that run at once.
	maxActive = 256
	// maxActiveOfGroup bounds the steps of one group that run at once. So a callback
	// that hangs does not delay other groups.
	maxActiveOfGroup = 32

	// maxHeld and maxHeldOfGroup bound the messages that have a goroutine. The
	// others wait in the backlog.
	maxHeld        = 8192
	maxHeldOfGroup = 1024
)

// Message is a sequence of steps. A step that is retried delays the steps after it.
type Message struct {
	Group string
	Key   uint64 // position in the backlog; a larger key was added later
	Delay time.Duration
	// Step makes the next step, and returns a function that records its result. Only
	// Step is within the limits of the queue: while the result is recorded, another
	// message can make its step.
	Step func(ctx context.Context) Record
}

// Record stores the result of a step. It returns the pause before the next step, or
// done after the last one. If the context of the step ended, the message is not done.
type Record func() (pause time.Duration, done bool)

// Backlog returns the first message of a group whose key is at least from, and for
// whose key skip returns false. If there is none, it returns false.
type Backlog func(group string, from uint64, skip func(key uint64) bool) (Message, bool)

// Queue runs the steps of messages. Create it with [NewQueue].
type Queue struct {
	backlog Backlog
	ctx     context.Context // of the steps
	cancel  context.CancelFunc
	stop    chan struct{} // closed when pauses must end
	active  chan struct{}
	workers sync.WaitGroup

	mu      sync.Mutex
	groups  map[string]*group
	behind  []string // groups with messages in the backlog, in turns
	held    int
	stopped bool
	changed chan struct{} // closed and replaced when a message ends
}

type group struct {
	active chan struct{}
	held   map[uint64]struct{}
	next   uint64 // the first key that may be in the backlog; none is while it is math.MaxUint64
}

// NewQueue returns a queue. It takes the messages that do not fit in memory from the
// backlog later.
func NewQueue(backlog Backlog) *Queue {
	q := &Queue{backlog: backlog, stop: make(chan struct{}), active: make(chan struct{}, maxActive),
		groups: map[string]*group{}, changed: make(chan struct{})}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

// Add adds a message that the backlog already has. If the queue is full, it takes the
// message from the backlog later.
func (q *Queue) Add(m Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := q.groups[m.Group]
	if g == nil {
		g = &group{active: make(chan struct{}, maxActiveOfGroup), held: map[uint64]struct{}{}, next: math.MaxUint64}
		q.groups[m.Group] = g
	}
	if _, twice := g.held[m.Key]; twice || q.stopped {
		return
	}
	if q.held < maxHeld && len(g.held) < maxHeldOfGroup && g.next == math.MaxUint64 {
		q.holdLocked(g, m)
		return
	}
	if g.next == math.MaxUint64 {
		q.behind = append(q.behind, m.Group)
	}
	g.next = min(g.next, m.Key)
}

// holdLocked starts the goroutine of a message.
func (q *Queue) holdLocked(g *group, m Message) {
	g.held[m.Key] = struct{}{}
	q.held++
	q.workers.Go(func() {
		q.work(g, m)
		q.end(g, m)
	})
}

func (q *Queue) work(g *group, m Message) {
	if !q.sleep(m.Delay) {
		return
	}
	for {
		pause, done, cut := q.step(g, m)
		if done || cut || !q.sleep(pause) {
			return
		}
	}
}

// step runs one step within both limits, and records its result. Cut reports that the
// queue was closed before.
func (q *Queue) step(g *group, m Message) (pause time.Duration, done, cut bool) {
	record := q.limited(g, m)
	if record == nil {
		return 0, false, true
	}
	pause, done = record()
	return pause, done, q.ctx.Err() != nil
}

// limited runs one step within both limits. It returns nil if the queue was closed
// before.
func (q *Queue) limited(g *group, m Message) Record {
	for _, limit := range []chan struct{}{g.active, q.active} {
		select {
		case limit <- struct{}{}:
			defer func() { <-limit }()
		case <-q.ctx.Done():
			return nil
		}
	}
	if q.ctx.Err() != nil {
		return nil
	}
	return m.Step(q.ctx)
}

// sleep waits for a pause, and reports whether the queue is still open.
func (q *Queue) sleep(pause time.Duration) bool {
	if pause <= 0 {
		return true
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.stop:
		return false
	}
}

// end removes a message from memory, and takes other messages from the backlog.
func (q *Queue) end(g *group, m Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(g.held, m.Key)
	q.held--
	q.refillLocked()
	if len(g.held) == 0 && g.next == math.MaxUint64 {
		delete(q.groups, m.Group)
	}
	close(q.changed)
	q.changed = make(chan struct{})
}

// refillLocked takes messages from the backlog while there is room, one at a time from each
// group in turn.
func (q *Queue) refillLocked() {
	for range len(q.behind) {
		if q.stopped || q.held >= maxHeld {
			return
		}
		name := q.behind[0]
		q.behind = q.behind[1:]
		g := q.groups[name]
		if len(g.held) >= maxHeldOfGroup {
			q.behind = append(q.behind, name)
			continue
		}
		m, found := q.backlog(name, g.next, func(key uint64) bool { _, held := g.held[key]; return held })
		if !found {
			g.next = math.MaxUint64
			if len(g.held) == 0 {
				delete(q.groups, name)
			}
			continue
		}
		g.next = m.Key + 1
		q.behind = append(q.behind, name)
		q.holdLocked(g, m)
	}
}

// Settle waits until no message is left. If ctx ends first, it returns the cause of
// ctx.
func (q *Queue) Settle(ctx context.Context) error {
	for {
		q.mu.Lock()
		settled, changed := q.held == 0 && len(q.behind) == 0, q.changed
		q.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Close waits up to grace for the steps that are in flight or due, and then cancels
// them. Messages that wait for a later step stay in the backlog.
func (q *Queue) Close(grace time.Duration) {
	q.mu.Lock()
	if !q.stopped {
		q.stopped = true
		close(q.stop)
	}
	q.mu.Unlock()
	timer := time.AfterFunc(grace, q.cancel)
	q.workers.Wait()
	timer.Stop()
	q.cancel()
}
