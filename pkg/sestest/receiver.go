package sestest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

// Receiver is a callback that collects events. It may be used by several goroutines.
type Receiver struct {
	// URL is the callback URL.
	URL string

	mu      sync.Mutex
	events  []event.Event
	answers []int
	changed chan struct{} // closed and replaced with each event
}

// NewReceiver starts a receiver on a free loopback port. It answers 200, and closes when
// the test and its subtests end.
func NewReceiver(tb testing.TB) *Receiver {
	tb.Helper()
	r := &Receiver{changed: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(r.receive))
	tb.Cleanup(server.Close)
	r.URL = server.URL + "/ses"
	return r
}

func (r *Receiver) receive(w http.ResponseWriter, request *http.Request) {
	status := http.StatusOK
	collect := func(_ context.Context, e event.Event) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.answers) > 0 {
			status, r.answers = r.answers[0], r.answers[1:]
		}
		if status/100 == 2 {
			r.events = append(r.events, e)
			close(r.changed)
			r.changed = make(chan struct{})
		}
		return nil
	}
	answer := httptest.NewRecorder()
	event.NewHandler(collect, event.HandlerOptions{}).ServeHTTP(answer, request)
	if answer.Code != http.StatusOK { // it was not an event
		status = answer.Code
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer.Body.Bytes()) // a sender that went away has no use for an error
}

// Answer answers the next events with these HTTP statuses, in order, and those after
// them with 200. An event that is not answered 2xx is not collected.
func (r *Receiver) Answer(statuses ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = slices.Clone(statuses)
}

// Events returns the events that were collected, in the order in which they arrived.
func (r *Receiver) Events() []event.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// Wait waits until at least n events were collected, and returns all of them. If ctx ends
// first, it returns what there is by then, and an error that reports the count.
func (r *Receiver) Wait(ctx context.Context, n int) ([]event.Event, error) {
	for {
		r.mu.Lock()
		events, changed := slices.Clone(r.events), r.changed
		r.mu.Unlock()
		if len(events) >= n {
			return events, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return events, fmt.Errorf("sestest: %d of %d events arrived: %w", len(events), n, context.Cause(ctx))
		}
	}
}
