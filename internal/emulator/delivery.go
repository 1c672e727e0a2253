package emulator

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
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
	// Keep is how many deliveries are kept, the newest; 0 is 100,000. Those that
	// are pending are kept beside them.
	Keep int
	// MaxPending and MaxPendingBytes bound the deliveries that wait, and the
	// bytes of their messages; 0 is 100,000 and 64 MiB. An email beyond is
	// refused with ResourceInsufficient.
	MaxPending, MaxPendingBytes int
	// Transport stands in for the network.
	Transport http.RoundTripper
}

func (o DeliveryOptions) withDefaults() DeliveryOptions {
	if o.Pauses == nil {
		o.Pauses = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	for number, standard := range map[*int]int{&o.Keep: 100_000, &o.MaxPending: 100_000, &o.MaxPendingBytes: 64 << 20} {
		if *number <= 0 {
			*number = standard
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Grace <= 0 {
		o.Grace = 3 * time.Second
	}
	return o
}

// Delivery is one event, and what became of it. The names in JSON are those of
// [DeliveriesPath].
type Delivery struct {
	ID        uint64         `json:"id"` // from 1, in the order in which the events happened
	Time      time.Time      `json:"time"`
	Type      event.Type     `json:"type"`
	MessageID string         `json:"message_id"`
	Sender    string         `json:"sender"`
	Recipient string         `json:"recipient"`
	Duplicate bool           `json:"duplicate,omitempty"` // made by a fault
	Status    DeliveryStatus `json:"status"`
	// Reason says why it was skipped or failed.
	Reason string `json:"reason,omitempty"`
	// URL is where the last attempt went, or the next would have gone; "" if it
	// has not been looked up, or there was no callback.
	URL      string    `json:"url"`
	Attempts []Attempt `json:"attempts"`
	// Event is the body that is POSTed.
	Event json.RawMessage `json:"event"`
}

// DeliveryStatus is how far a delivery has come.
type DeliveryStatus string

// The statuses.
const (
	DeliveryPending  DeliveryStatus = "pending"  // it is, or will be, attempted
	DeliveryAccepted DeliveryStatus = "accepted" // the callback answered 2xx
	DeliveryFailed   DeliveryStatus = "failed"   // every attempt was in vain
	DeliverySkipped  DeliveryStatus = "skipped"  // there is no callback, or it must not be called
)

// Attempt is one POST of an event.
type Attempt struct {
	Time   time.Time `json:"time"`
	URL    string    `json:"url"`
	Status int       `json:"status,omitempty"` // 0 if there was no answer
	Error  string    `json:"error,omitempty"`  // "" if the answer was 2xx
	// Answer is the first line of an answer outside 2xx, without the secrets of the URL.
	Answer string `json:"answer,omitempty"`
}
