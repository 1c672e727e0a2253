package ses

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// The greatest number of tries for a call. Throttling ends by itself within
// seconds. Other faults that are worth a retry rarely end so soon.
const (
	maxTries          = 4
	maxTriesThrottled = 8
)

// values holds the parameters of a call by their keys: strings or integers.
type values map[string]any

// answer is the answer of the service.
type answer struct {
	fields    map[string]json.RawMessage // of the object Response
	requestID string
	exchange  *exchange
}

// call makes one call. It retries with pauses if a retry cannot do harm.
func (c *Client) call(ctx context.Context, row sesapi.Row, v values) (answer, *fault) {
	if row.Off {
		return answer{exchange: &exchange{}}, offFault(row)
	}
	began := time.Now()
	for n := 0; ; n++ {
		a, f := c.try(ctx, row, v, began)
		if f == nil || !f.worthRepeating(row.Write) || n+1 >= f.tries() {
			return a, f
		}
		if c.pause(ctx, pauseBefore(n)) != nil {
			return a, c.endedFault(ctx, began, f)
		}
	}
}

func (c *Client) try(ctx context.Context, row sesapi.Row, v values, began time.Time) (answer, *fault) {
	x := &exchange{}
	if err := c.admit(ctx, row.Action); err != nil {
		if ctx.Err() == nil {
			return answer{exchange: x}, c.rateFault()
		}
		return answer{exchange: x}, c.endedFault(ctx, began, nil)
	}
	sent := time.Now()
	a, err := c.send(x.watch(ctx, c.traced), row, v)
	x.duration, a.exchange = time.Since(sent), x
	var f *fault
	if err != nil {
		f = c.faultOf(ctx, err, row, v, x, began)
		a.requestID = f.requestID
	}
	x.answered = f == nil || f.code != ""
	if c.onCall != nil {
		outcome := "ok"
		if f != nil {
			outcome = f.word
		}
		c.onCall(Call{Action: row.Action, Outcome: outcome, RequestID: a.requestID, Duration: x.duration})
	}
	return a, f
}

// send makes a generic call of the SDK. No version of the SDK has most of the
// callback actions, and a row may have other names than the SDK.
func (c *Client) send(ctx context.Context, row sesapi.Row, v values) (answer, error) {
	in := &request{BaseRequest: &tchttp.BaseRequest{}, fields: parameters(row, v)}
	in.Init().WithApiInfo(c.product, c.version, row.Action)
	in.SetContext(ctx)
	out := &response{}
	if err := c.sdk.Send(in, out); err != nil {
		return answer{}, err
	}
	if out.Response == nil {
		return answer{}, errNoShape
	}
	return answer{fields: out.Response, requestID: out.requestID()}, nil
}

// parameters returns the fields of a request, with the names and types of the row.
func parameters(row sesapi.Row, v values) map[string]any {
	fields := map[string]any{}
	for key, value := range v {
		path := row.Request[key]
		if path == "" {
			continue
		}
		if slices.Contains(row.Strings, key) {
			value = fmt.Sprint(value)
		}
		path, isList := strings.CutSuffix(path, "[]")
		if isList {
			value = []any{value}
		}
		in := fields
		for name, below, nested := strings.Cut(path, "."); ; name, below, nested = strings.Cut(below, ".") {
			if !nested {
				in[name] = value
				break
			}
			inner, there := in[name].(map[string]any)
			if !there {
				inner = map[string]any{}
				in[name] = inner
			}
			in = inner
		}
	}
	return fields
}

// request is a generic request of the SDK. CommonRequest would also work, but its
// response loses the precision of large integers.
type request struct {
	*tchttp.BaseRequest
	fields map[string]any
}

// MarshalJSON returns the body.
func (r *request) MarshalJSON() ([]byte, error) { return json.Marshal(r.fields) }

// response keeps the fields of an answer unchanged.
type response struct {
	Response map[string]json.RawMessage `json:"Response"`
}

// ParseErrorFromHTTPResponse does nothing. The SDK calls it after it has looked
// for an error in the body itself.
func (r *response) ParseErrorFromHTTPResponse([]byte) error { return nil }

func (r *response) requestID() string {
	var id string
	if json.Unmarshal(r.Response["RequestId"], &id) != nil {
		return ""
	}
	return plainID(id)
}

// plainID returns a request id if it looks like a request id, because it is shown
// unchanged.
func plainID(id string) string {
	if len(id) > 128 {
		return ""
	}
	for _, r := range id {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	return id
}
