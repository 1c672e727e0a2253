package web

import (
	"context"
	"sync"
)

// maxNoted bounds the changes that a watch remembers. With more, its reader reads
// everything again.
const maxNoted = 20_000

// Changes passes on which events changed to each watch. The zero Changes is ready to
// use. Without a watch a change costs one lock.
type Changes struct {
	mu  sync.Mutex
	all map[*Watch]struct{}
}

// Watch collects changes until it is closed.
type Watch struct {
	from *Changes
	wake chan struct{} // has one place
	ids  map[uint64]struct{}
	Taken
}

// Taken is what has changed besides single events.
type Taken struct {
	Reset   bool // any event may have changed or gone
	Account bool // callbacks, sender addresses or faults may have changed
}

// Note reports that the events from first to last are new or changed.
func (c *Changes) Note(first, last uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.all {
		for id := first; id <= last && id > 0 && !w.Reset; id++ {
			w.ids[id] = struct{}{}
			if len(w.ids) > maxNoted {
				w.Reset = true
			}
		}
		w.call()
	}
}

// Reset reports that any event may have changed or gone.
func (c *Changes) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.all {
		w.Reset = true
		w.call()
	}
}

// NoteAccount reports that callbacks, sender addresses or faults may have changed.
func (c *Changes) NoteAccount() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.all {
		w.Account = true
		w.call()
	}
}

// Watch begins to collect changes.
func (c *Changes) Watch() *Watch {
	w := &Watch{from: c, wake: make(chan struct{}, 1), ids: map[uint64]struct{}{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[*Watch]struct{}{}
	}
	c.all[w] = struct{}{}
	return w
}

// Close ends the watch.
func (w *Watch) Close() {
	w.from.mu.Lock()
	defer w.from.mu.Unlock()
	delete(w.from.all, w)
}

func (w *Watch) call() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Wait waits for a change. It returns false if ctx ends first.
func (w *Watch) Wait(ctx context.Context) bool {
	select {
	case <-w.wake:
		return true
	case <-ctx.Done():
		return false
	}
}

// Take returns the changes since the last call: the events, and what else has changed.
func (w *Watch) Take() (ids []uint64, besides Taken) {
	w.from.mu.Lock()
	defer w.from.mu.Unlock()
	for id := range w.ids {
		ids = append(ids, id)
	}
	besides = w.Taken
	clear(w.ids)
	w.Taken = Taken{}
	return ids, besides
}
