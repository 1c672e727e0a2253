package emulator

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// DeliveryOptions says how events are delivered. The zero value is ready to use.
type DeliveryOptions struct {
	// Anywhere also delivers to hosts that the internet can reach. Without it
	// such a delivery is skipped: an event of an emulator must not get into
	// anyone's production by accident. With it the proxy of the environment is
	// used (see [http.ProxyFromEnvironment]).
	Anywhere bool
	// Pauses are those before the second attempt, the third, and so on; there
	// is one attempt more than there are pauses. Nil is half a second, doubled
	// four times: six attempts in 15.5 seconds.
	Pauses []time.Duration
	// Timeout is the limit for one attempt; 0 is 10 seconds.
	Timeout time.Duration
	// Grace is how long Close waits for what is due; 0 is 3 seconds.
	Grace time.Duration
	// Keep is how many deliveries are kept, the newest; 0 is 10,000.
	Keep int
	// Transport stands in for the network.
	Transport http.RoundTripper
}

func (o DeliveryOptions) withDefaults() DeliveryOptions {
	if o.Pauses == nil {
		o.Pauses = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Grace <= 0 {
		o.Grace = 3 * time.Second
	}
	if o.Keep <= 0 {
		o.Keep = defaultKeep
	}
	return o
}

// attempt POSTs an event once, to the callback that is the sender's effective
// one at this moment, and returns the pause before the next attempt, or done.
// Where ctx ends, nothing is recorded and the delivery stays pending.
func (e *Emulator) attempt(ctx context.Context, r *Delivery) (pause time.Duration, done bool) {
	e.log.mu.Lock()
	over := r.gone || r.Status != DeliveryPending
	e.log.mu.Unlock()
	if over {
		return 0, true
	}
	url := e.effective(r.Sender)
	reason := "the sender has no callback"
	if url != "" {
		reason = e.post.refuse(url)
	}
	if reason != "" {
		e.update(r, func(r *Delivery) { r.Status, r.Reason, r.URL = DeliverySkipped, reason, url })
		return 0, true
	}
	made := Attempt{Time: e.now().UTC(), URL: url}
	var err error
	made.Status, err = e.post.send(ctx, url, r.Event)
	switch {
	case err == nil:
		e.update(r, func(r *Delivery) {
			r.Status, r.URL, r.Attempts = DeliveryAccepted, url, append(r.Attempts, made)
		})
		return 0, true
	case errors.Is(err, errPublicHost):
		e.update(r, func(r *Delivery) { r.Status, r.Reason, r.URL = DeliverySkipped, err.Error(), url })
		return 0, true
	case ctx.Err() != nil:
		return 0, false
	}
	made.Error = err.Error()
	pauses := e.deliveries.Pauses
	e.update(r, func(r *Delivery) {
		r.URL, r.Attempts = url, append(r.Attempts, made)
		if done = len(r.Attempts) > len(pauses); done {
			r.Status, r.Reason = DeliveryFailed, made.Error
		} else {
			pause = pauses[len(r.Attempts)-1]
		}
	})
	return pause, done
}

// effective returns the URL of a sender's effective callback, or "".
func (e *Emulator) effective(sender string) string {
	t, err := callback.ParseSender(sender)
	if err != nil {
		return ""
	}
	e.account.mu.RLock()
	own, account := e.account.urls[t.Address()], e.account.url
	e.account.mu.RUnlock()
	// Of all callbacks only these two can matter.
	return callback.Set{}.With(callback.Account(), callback.NewURL(account)).With(t, callback.NewURL(own)).Resolve(t).URL.Whole()
}

// Resume takes up the deliveries that an earlier process left in the state file.
// A process that sends an email does so by itself; one that only reads does not
// deliver.
func (e *Emulator) Resume() error {
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.loadDeliveries(); err != nil {
		return err
	}
	e.resume()
	return nil
}

// resume hands the deliveries that were left over to the deliverer, by message.
// The caller holds e.writing, and has loaded them.
func (e *Emulator) resume() {
	left := e.log.pending()
	for len(left) > 0 {
		n := slices.IndexFunc(left, func(r *Delivery) bool { return r.MessageID != left[0].MessageID })
		if n < 0 {
			n = len(left)
		}
		e.deliverer.add(left[:n:n], 0)
		left = left[n:]
	}
}

// Settle waits until no delivery is pending: each was accepted, has failed, or
// was skipped. It returns the cause of ctx where that ends first.
func (e *Emulator) Settle(ctx context.Context) error { return e.deliverer.settle(ctx) }

// Deliveries returns the deliveries that are kept, oldest first, and how many
// older ones were dropped to make room.
func (e *Emulator) Deliveries() (all []Delivery, dropped uint64, err error) {
	e.writing.Lock()
	err = e.loadDeliveries()
	e.writing.Unlock()
	if err != nil {
		return nil, 0, err
	}
	all, dropped = e.log.snapshot()
	return all, dropped, nil
}
