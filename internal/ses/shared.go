package ses

import (
	"context"
	"sync"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// gatherTime lies between a reading and the next one: those who were served by the
// first, and have lost another answer meanwhile, are to take part in the next.
const gatherTime = 200 * time.Millisecond

// readings are those of one part of the account, shared by all who want to know at
// the same time what is there. Whoever asks is served by one that begins
// afterwards: one that is under way may have passed by what was just written.
type readings struct {
	read   func(context.Context) (callback.Set, error)
	gather func(context.Context)

	mu   sync.Mutex
	next *reading        // has not begun; nil where nobody waits for it
	last <-chan struct{} // is closed by the one asked for last; nil where that has ended
}

// reading is one of them. What it found stands when done is closed.
type reading struct {
	done   chan struct{}
	cancel context.CancelFunc
	set    callback.Set
	err    error

	waiting int // how many wait for it; under the mutex of readings
}

func (c *Client) newReadings(part callback.Parts) *readings {
	return &readings{
		read: func(ctx context.Context) (callback.Set, error) {
			snapshot, err := c.Load(ctx, part)
			return snapshot.Callbacks, err
		},
		gather: func(ctx context.Context) { _ = c.pause(ctx, gatherTime) },
	}
}

// fresh returns what a reading finds that begins from now on, or the error of ctx where
// that ends before. The reading goes on as long as somebody waits for it.
func (s *readings) fresh(ctx context.Context) (callback.Set, error) {
	r := s.join(ctx)
	select {
	case <-r.done:
		return r.set, r.err
	case <-ctx.Done():
		s.leave(r)
		return callback.Set{}, ctx.Err()
	}
}

func (s *readings) join(ctx context.Context) *reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
		s.next = &reading{done: make(chan struct{}), cancel: cancel}
		go s.run(shared, s.next, s.last)
		s.last = s.next.done
	}
	s.next.waiting++
	return s.next
}

// run is r, after the one before it, if there is one.
func (s *readings) run(ctx context.Context, r *reading, before <-chan struct{}) {
	defer r.cancel()
	if before != nil {
		<-before
		s.gather(ctx)
	}
	s.mu.Lock()
	if s.next == r {
		s.next = nil
	}
	s.mu.Unlock()
	r.set, r.err = s.read(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == r.done {
		s.last = nil
	}
	close(r.done)
}

// leave ends r with the last who waits for it.
func (s *readings) leave(r *reading) {
	s.mu.Lock()
	r.waiting--
	abandoned, begun := r.waiting == 0, s.next != r
	if abandoned && !begun {
		s.next = nil // whoever asks from now on is not to get the end of this one
	}
	s.mu.Unlock()
	if !abandoned {
		return
	}
	r.cancel()
	if begun {
		<-r.done // no call goes on behind those who asked for it
	}
}
