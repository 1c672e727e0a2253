package emulator

import (
	"context"
	"sync"
	"time"
)

const (
	// maxActive bounds the POSTs under way at once; maxActiveOfSender those of
	// one sender address, so that a callback that hangs does not hold up the
	// others.
	maxActive         = 64
	maxActiveOfSender = 8
)

// deliverer works on deliveries side by side. Those of one message are a lane,
// which is worked on in order: one that is being repeated holds up the ones
// behind it. Lanes of one sender address take turns, and so do the sender
// addresses.
type deliverer struct {
	// step attempts a delivery; see [Emulator.attempt].
	step func(ctx context.Context, r *Delivery) (pause time.Duration, done bool)

	ctx    context.Context // of the attempts
	cancel context.CancelFunc

	mu       sync.Mutex
	queues   map[string]*queue // by sender address
	turns    []*queue          // those that have a lane ready, and room for it
	active   int
	ready    int // lanes in queues
	pending  int // deliveries in all lanes
	delayed  map[*lane]*time.Timer
	stopping bool
	changed  chan struct{} // closed, and made anew, when a count changes
	workers  sync.WaitGroup
}

type lane struct {
	sender  string
	records []*Delivery
}

type queue struct {
	ready  []*lane
	active int
	listed bool // in turns
}

func newDeliverer(step func(context.Context, *Delivery) (time.Duration, bool)) *deliverer {
	d := &deliverer{step: step, queues: map[string]*queue{}, delayed: map[*lane]*time.Timer{}, changed: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// add takes the deliveries of one message, to begin after delay.
func (d *deliverer) add(records []*Delivery, delay time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending += len(records)
	d.put(&lane{records[0].Sender, records}, delay)
	d.dispatch()
}

func (d *deliverer) put(l *lane, delay time.Duration) {
	if delay > 0 {
		if !d.stopping {
			d.delayed[l] = time.AfterFunc(delay, func() { d.wake(l) })
		}
		return
	}
	q := d.queues[l.sender]
	if q == nil {
		q = &queue{}
		d.queues[l.sender] = q
	}
	q.ready = append(q.ready, l)
	d.ready++
	d.list(q)
}

func (d *deliverer) wake(l *lane) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, waits := d.delayed[l]; !waits {
		return // stopped meanwhile
	}
	delete(d.delayed, l)
	d.put(l, 0)
	d.dispatch()
}

func (d *deliverer) list(q *queue) {
	if !q.listed && len(q.ready) > 0 && q.active < maxActiveOfSender {
		q.listed = true
		d.turns = append(d.turns, q)
	}
}

// dispatch begins what there is room for.
func (d *deliverer) dispatch() {
	for d.active < maxActive && len(d.turns) > 0 && d.ctx.Err() == nil {
		q := d.turns[0]
		d.turns = d.turns[1:]
		l := q.ready[0]
		q.ready = q.ready[1:]
		q.listed = false
		q.active++
		d.active++
		d.ready--
		d.list(q)
		d.workers.Go(func() { d.work(q, l) })
	}
}

// work attempts the first delivery of a lane, once.
func (d *deliverer) work(q *queue, l *lane) {
	pause, done := d.step(d.ctx, l.records[0])
	d.mu.Lock()
	defer d.mu.Unlock()
	q.active--
	d.active--
	if done {
		l.records = l.records[1:]
		d.pending--
	}
	if len(l.records) > 0 && d.ctx.Err() == nil {
		d.put(l, pause)
	}
	d.list(q)
	if q.active == 0 && len(q.ready) == 0 {
		delete(d.queues, l.sender)
	}
	d.dispatch()
	close(d.changed)
	d.changed = make(chan struct{})
}

// wait waits until quiet is true, which is called with d.mu held.
func (d *deliverer) wait(ctx context.Context, quiet func() bool) error {
	for {
		d.mu.Lock()
		met, changed := quiet(), d.changed
		d.mu.Unlock()
		if met {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// settle waits until no delivery is pending.
func (d *deliverer) settle(ctx context.Context) error {
	return d.wait(ctx, func() bool { return d.pending == 0 })
}

// close gives what is due now up to grace to end, and cuts the rest off. What
// waits for its next attempt stays pending.
func (d *deliverer) close(grace time.Duration) {
	d.mu.Lock()
	d.stopping = true
	for l, timer := range d.delayed {
		timer.Stop()
		delete(d.delayed, l)
	}
	d.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	_ = d.wait(ctx, func() bool { return d.active == 0 && d.ready == 0 })
	d.mu.Lock()
	d.cancel()
	d.mu.Unlock()
	d.workers.Wait()
}
