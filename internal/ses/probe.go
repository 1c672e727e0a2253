package ses

import (
	"context"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Probe is what came of asking the endpoint for one operation.
type Probe struct {
	Err        error // nil where it answers as the API table says
	RequestID  string
	Duration   time.Duration // of the last try
	ServerTime time.Time     // the service's clock; zero where it did not tell
	Reached    bool          // the service answered, be it with an error
}

// Probe makes the call of an operation that only reads, and understands its
// answer; of a list, the first page. An operation that writes is refused.
func (c *Client) Probe(ctx context.Context, op sesapi.Operation) Probe {
	var a answer
	var err error
	switch op {
	case sesapi.ListSenders:
		_, a, err = c.senders(ctx)
	case sesapi.GetAccountCallback:
		_, a, err = c.accountURL(ctx)
	case sesapi.ListSenderCallbacks:
		_, a, err = c.readPage(ctx, 0)
	default:
		return Probe{Err: failure.New(failure.Usage, "%s is not called: it changes the account", op)}
	}
	p := Probe{Err: err, RequestID: a.requestID}
	if a.exchange != nil {
		p.Duration, p.ServerTime, p.Reached = a.exchange.duration, a.exchange.serverTime, a.exchange.answered
	}
	return p
}
