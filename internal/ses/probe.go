package ses

import (
	"context"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Probe is the result of a test call of one operation.
type Probe struct {
	Err        error // nil if the answer matches the API table
	RequestID  string
	Duration   time.Duration // of the last try
	ServerTime time.Time     // the service's clock; zero if unknown
	Reached    bool          // the service answered, perhaps with an error
}

// Probe calls an operation that only reads, and checks that it understands the
// answer. For a list it reads the first page. It refuses an operation that writes.
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
