package journal

import (
	"slices"
	"sync"
)

// queue collects the records of goroutines that append at the same time. The
// goroutine that gets the turn writes or syncs all of them together.
type queue struct {
	turn chan struct{}

	mu      sync.Mutex
	waiting []*request
}

type request struct {
	record record
	done   chan struct{} // closed when the fields below are set
	err    error
}

func (q *queue) add(r ...*request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r...)
}

func (q *queue) takeAll() []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := q.waiting
	q.waiting = nil
	return batch
}

// holds reports whether a request is still waiting.
func (q *queue) holds(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Contains(q.waiting, r)
}

// withdraw removes a request from the queue. It reports whether the request was
// still waiting.
func (q *queue) withdraw(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(w *request) bool { return w == r })
	return len(q.waiting) < before
}
