package webhook

import (
	"net/http"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// Received is a request and the answer to it.
type Received struct {
	Record                // without Body and Raw if the request was refused before its body was read
	Method  string        // such as POST
	Event   event.Event   // zero if Problem is set
	Problem error         // why it is not a documented event; usually a *event.DecodeError
	Status  int           // the answer
	Err     error         // why the answer is not a success; nil if it is, or if a receiver gave it
	Answers []Answer      // of the receivers that it was forwarded to
	Latency time.Duration // from the head of the request to the answer

	sent []byte // the body as it came, at most its first MiB
}

// Refused reports whether the request was not an event: not a POST of a JSON object.
// Its body may have been saved and forwarded all the same.
func (r Received) Refused() bool { return r.Body == nil }

// Shown returns what there is of the body, for people: a body that was too large is
// returned up to its first MiB.
func (r Received) Shown() []byte {
	if r.Body == nil && r.Raw == nil {
		return r.sent
	}
	return r.Payload()
}

// ReceiverOptions are the options of [NewReceiver].
type ReceiverOptions struct {
	// Path is the only one at which events are received; "" for any.
	Path string

	// Filter selects the events that are saved, forwarded and reported to OnEvent.
	// The others are answered 200 and counted. What is not a documented event is
	// selected.
	Filter Filter

	// Strict neither saves nor forwards a body that is not a JSON object.
	Strict bool

	// AllowBrowser accepts requests of web pages of other sites.
	AllowBrowser bool

	// Health answers 200 to GET and HEAD at Path.
	Health bool

	// Archive saves each event before it is answered; nil for none. The caller
	// closes it, after Serve has returned.
	Archive *Archive

	// Forward are the receivers to which each event is passed on.
	Forward []string

	// ForwardHeader is set in each forwarded request. Host sets its host.
	ForwardHeader http.Header

	// ForwardTimeout is the limit for the answer of each receiver; 10 s if 0.
	ForwardTimeout time.Duration

	// Network is how the receivers are reached.
	Network Network

	// OnEvent is called for each event, and for refused requests as far as there is
	// room, by one goroutine, at about the time of the answer.
	OnEvent func(Received)

	// Queue is how many events may be in flight at once, from the end of their
	// body until OnEvent has returned; 256 if 0.
	Queue int

	// QueueTimeout is how long an event waits for its place there before it is
	// answered 503, unsaved and not forwarded; 1 s if 0.
	QueueTimeout time.Duration

	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Stats counts what a receiver has done.
type Stats struct {
	Events   int64 `json:"events"`   // received, whatever the answer
	Filtered int64 `json:"filtered"` // of these, not selected by the filter
	Failed   int64 `json:"failed"`   // of these, not answered 2xx
	Unsent   int64 `json:"unsent"`   // forwards that were not answered 2xx
	Refused  int64 `json:"refused"`  // requests that were not events
}
