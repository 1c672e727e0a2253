package emulator

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// DeliveryOptions configures how events are delivered. The zero value is ready to
// use.
type DeliveryOptions struct {
	// Anywhere allows deliveries to public hosts. Without it they are skipped,
	// because events of an emulator must not reach a production system by accident.
	// With it the proxy of the environment is used (see [http.ProxyFromEnvironment]).
	Anywhere bool
	// Pauses are the pauses before the second attempt, the third attempt, and so on.
	// Nil is half a second, doubled four times: six attempts in 15.5 seconds.
	Pauses []time.Duration
	// Timeout bounds one attempt; 0 is 10 seconds.
	Timeout time.Duration
	// Grace is how long Close waits for attempts that are due; 0 is 3 seconds.
	Grace time.Duration
	// Keep is how many of the newest deliveries are kept; 0 is 100,000. Pending
	// deliveries are always kept.
	Keep int
	// MaxPending bounds the number of pending deliveries; 0 is 100,000.
	// MaxPendingBytes bounds the bytes of their messages; 0 is 64 MiB. An email that
	// exceeds a limit is refused with ResourceInsufficient.
	MaxPending, MaxPendingBytes int
	// RootCAs are the certificate authorities that deliveries over HTTPS trust; nil
	// means the system's.
	RootCAs *x509.CertPool
	// Transport replaces the network, for tests; nil is the network.
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

// Delivery is one event and its delivery to the callback. [DeliveriesPath] answers
// with the JSON names.
type Delivery struct {
	ID        uint64     `json:"id"` // from 1, in the order in which the events happened
	Time      time.Time  `json:"time"`
	Type      event.Type `json:"type"`
	MessageID string     `json:"message_id"`
	Sender    string     `json:"sender"`
	Recipient string     `json:"recipient"`
	// RecipientKind is how the recipient was addressed: to, cc or bcc.
	RecipientKind string         `json:"recipient_kind,omitempty"`
	Duplicate     bool           `json:"duplicate,omitempty"` // made by a fault
	Status        DeliveryStatus `json:"status"`
	// Reason is why the delivery was skipped or failed.
	Reason string `json:"reason,omitempty"`
	// URL is the address of the last attempt, or of the attempt that was skipped. It
	// is "" before the first attempt and if there was no callback.
	URL      string    `json:"url"`
	Attempts []Attempt `json:"attempts"`
	// Event is the body that is POSTed.
	Event json.RawMessage `json:"event"`
}

// DeliveryStatus is the status of a delivery.
type DeliveryStatus string

// The statuses.
const (
	DeliveryPending  DeliveryStatus = "pending"  // it is, or will be, attempted
	DeliveryAccepted DeliveryStatus = "accepted" // the callback answered 2xx
	DeliveryFailed   DeliveryStatus = "failed"   // no attempt was accepted
	DeliverySkipped  DeliveryStatus = "skipped"  // there is no callback, or its host is public
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
