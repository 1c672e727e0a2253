package ses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// fault is why a call failed.
type fault struct {
	word      string // for Call.Outcome: the code, or a short word
	kind      failure.Kind
	says      string // why
	hints     []string
	code      string // of the service; "" where it did not say
	message   string // of the service, cleaned; "" where there was none
	requestID string
	cause     error // what failed, for programs; nil if says is all there is

	// uncertain tells that a write may have been carried out all the same.
	uncertain bool
	// again and throttled tell whether it is worth repeating: again for reads,
	// throttled, which the service says instead of carrying a request out, for all.
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

// failure returns the error for the user; what says what failed.
func (f *fault) failure(what string) *failure.Error {
	e := failure.New(f.kind, "%s: %w", what, &explained{f.says, f.cause})
	e.Hints, e.APICode, e.RequestID = slices.Clone(f.hints), f.code, f.requestID
	return e
}

// explained is an error in other words than its cause, which programs can find in it.
type explained struct {
	says  string
	cause error // may be nil
}

func (e *explained) Error() string { return e.says }
func (e *explained) Unwrap() error { return e.cause }

// faultOf finds out what an error of the SDK means.
func (c *Client) faultOf(ctx context.Context, err error, row sesapi.Row, v values, x *exchange, began time.Time) *fault {
	var bad *badAnswer
	var api *tcerrors.TencentCloudSDKError
	switch {
	case errors.As(err, &bad):
		return c.badAnswerFault(bad)
	case errors.Is(err, errNoShape):
		return c.shapeFault()
	case errors.As(err, &api) && errors.Unwrap(api) == nil && !isClientCode(api.Code):
		return c.apiFault(row, api, v, x)
	case errors.As(err, &api) && api.Code == "ClientError.ParseJsonError":
		return &fault{word: "bad-json", kind: failure.Failure, uncertain: true, again: true,
			says: c.host + " gave an answer that is cut, or not valid JSON"}
	case errors.As(err, &api) && api.Code == "ClientError.HttpStatusCodeError":
		return &fault{word: "http-status", kind: failure.Failure, uncertain: true, again: true,
			says: c.host + " answered with another HTTP status than 200, and without an error"}
	case ctx.Err() != nil:
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
		word: bad.word, kind: failure.Failure, says: c.host + " " + bad.says,
		uncertain: !bad.refused, throttled: bad.throttled, again: bad.status >= 500,
	}
	if bad.hint != "" {
		f.hints = []string{bad.hint}
	}
	return f
}

func (c *Client) shapeFault() *fault {
	return &fault{word: "shape", kind: failure.Failure, uncertain: true,
		says: c.host + " answered with JSON of another shape than that of the SES API", hints: []string{hintEndpoint}}
}

const hintEndpoint = "check the endpoint: 'sesctl doctor' shows where it comes from"

// endedFault is that of a call whose context ended. Last is what went wrong
// before, if anything did.
func (c *Client) endedFault(ctx context.Context, began time.Time, last *fault) *fault {
	f := &fault{word: "canceled", kind: failure.Interrupted, says: "interrupted"}
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		f = &fault{word: "timeout", kind: failure.Failure,
			says:  fmt.Sprintf("timed out after %s without an answer from %s", shortly(time.Since(began)), c.host),
			hints: []string{"give it more time with --timeout, or check the network with 'sesctl doctor'"}}
	}
	if last != nil {
		f.says += "; before that: " + last.says
		f.code, f.requestID, f.uncertain = last.code, last.requestID, last.uncertain
	}
	return f
}

// rateFault is that of a call that would have to wait for its turn until after
// the deadline.
func (c *Client) rateFault() *fault {
	return &fault{word: "rate", kind: failure.Failure,
		says:  fmt.Sprintf("the time limit would end before the rate of %g calls a second allows another one", c.rate),
		hints: []string{"give it more time with --timeout"}}
}

// shortly rounds a duration to what people read.
func shortly(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
