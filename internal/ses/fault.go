package ses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// fault is why a call failed.
type fault struct {
	word      string // for Call.Outcome: the code, or a short word
	kind      failure.Kind
	reason    string // why
	hints     []string
	code      string // of the service; "" if it gave none
	message   string // of the service, cleaned; "" if there was none
	requestID string
	cause     error // what failed, for programs; nil if reason is all there is

	// uncertain is true if a write may have been carried out despite the error.
	uncertain bool
	// again and throttled are true if a retry makes sense: again only for reads,
	// throttled for all calls. A throttled request was not carried out.
	again     bool
	throttled bool
}

func (f *fault) worthRepeating(write bool) bool { return f.throttled || f.again && !write }

func (f *fault) tries() int {
	if f.throttled {
		return maxTriesThrottled
	}
	return maxTries
}

// failure returns the error for the user; what is the task that failed.
func (f *fault) failure(what string) *failure.Error {
	e := failure.New(f.kind, "%s: %w", what, &explained{f.reason, f.cause})
	e.Hints, e.APICode, e.RequestID = slices.Clone(f.hints), f.code, f.requestID
	return e
}

// explained is an error in other words than its cause, which programs can find in it.
type explained struct {
	reason string
	cause  error // may be nil
}

func (e *explained) Error() string { return e.reason }
func (e *explained) Unwrap() error { return e.cause }

// faultOf finds out what an error of the SDK means.
func (c *Client) faultOf(ctx context.Context, err error, row sesapi.Row, v values, x *exchange, began time.Time) *fault {
	var bad *badAnswer
	var api *tcerrors.TencentCloudSDKError
	var proxy *network.ProxyError // names what did not answer, also after the timeout
	switch {
	case errors.As(err, &bad):
		return c.badAnswerFault(bad)
	case errors.Is(err, errNoShape):
		return c.shapeFault()
	case errors.As(err, &api) && errors.Unwrap(api) == nil && !isClientCode(api.Code):
		return c.apiFault(row, api, v, x)
	case errors.As(err, &api) && api.Code == "ClientError.ParseJsonError":
		return &fault{word: "bad-json", kind: failure.Failure, uncertain: true, again: true,
			reason: c.host + " gave an answer that is incomplete or not valid JSON"}
	case errors.As(err, &api) && api.Code == "ClientError.HttpStatusCodeError":
		return &fault{word: "http-status", kind: failure.Failure, uncertain: true, again: true,
			reason: c.host + " answered with an HTTP status other than 200, but without an error"}
	case ctx.Err() != nil && !errors.As(err, &proxy):
		f := c.endedFault(ctx, began, nil)
		f.uncertain = x.sent.Load()
		return f
	}
	f := c.networkFault(err)
	f.uncertain = x.sent.Load()
	return f
}

func (c *Client) badAnswerFault(bad *badAnswer) *fault {
	f := &fault{
		word: bad.word, kind: failure.Failure, reason: c.host + " " + bad.reason,
		uncertain: !bad.refused, throttled: bad.throttled, again: bad.status >= 500,
	}
	if bad.hint != "" {
		f.hints = []string{bad.hint}
	}
	return f
}

func (c *Client) shapeFault() *fault {
	return &fault{word: "shape", kind: failure.Failure, uncertain: true,
		reason: c.host + " answered with JSON that does not have the shape of the SES API", hints: []string{hintEndpoint}}
}

const hintEndpoint = "check the endpoint: 'sesctl doctor' shows where it comes from"

// endedFault returns the fault of a call whose context ended. Last is the error
// before that, if there was one.
func (c *Client) endedFault(ctx context.Context, began time.Time, last *fault) *fault {
	f := &fault{word: "canceled", kind: failure.Interrupted, reason: "interrupted"}
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		f = &fault{word: "timeout", kind: failure.Failure,
			reason: fmt.Sprintf("timed out after %s without an answer from %s", shortly(time.Since(began)), c.host),
			hints:  []string{"use a longer --timeout, or check the network with 'sesctl doctor'"}}
	}
	if last != nil {
		f.reason += "; before that: " + last.reason
		f.code, f.requestID, f.uncertain = last.code, last.requestID, last.uncertain
	}
	return f
}

// rateFault returns the fault of a call that would have to wait for its turn until
// after the deadline.
func (c *Client) rateFault() *fault {
	return &fault{word: "rate", kind: failure.Failure,
		reason: fmt.Sprintf("the timeout would expire before the rate of %g calls a second allows another call", c.rate),
		hints:  []string{"use a longer --timeout"}}
}

// shortly rounds a duration for people to read.
func shortly(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(100 * time.Millisecond)
	case d < time.Millisecond:
		return d.Round(time.Microsecond)
	}
	return d.Round(time.Millisecond)
}
