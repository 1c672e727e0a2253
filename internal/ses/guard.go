package ses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxAnswer is the size of the largest answer that is read, in bytes. A page of a
// hundred callbacks is much smaller than a megabyte.
const maxAnswer = 32 << 20

// exchange is what the transport sees of one request.
type exchange struct {
	sent       atomic.Bool // the request may have left this machine
	answered   bool        // the service answered in its own form
	serverTime time.Time   // the Date header; zero if there was none
	duration   time.Duration
}

type exchangeKey struct{}

// watch returns a context that records in x what happens to a request. If the
// transport does not trace, the request counts as sent from the start.
func (x *exchange) watch(ctx context.Context, traced bool) context.Context {
	ctx = context.WithValue(ctx, exchangeKey{}, x)
	if !traced {
		x.sent.Store(true)
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) },
	})
}

// guard is a transport between the SDK and the network. It passes only answers
// that the SDK understands. For any other answer the SDK's errors would repeat the
// whole body. The SDK would also follow redirects and send the token to their
// targets.
type guard struct {
	next http.RoundTripper
	// product is the name of this program after the SDK's name in
	// X-TC-RequestClient, which is not signed. The SDK's own WithRequestClient
	// compiles a regular expression for it at every start.
	product string
	limit   time.Duration // of a request with its whole answer
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	slow := &slowAnswer{g.limit}
	ctx, cancel := context.WithTimeoutCause(r.Context(), g.limit, slow)
	defer cancel() // the answer is read to its end below
	response, err := g.exchange(r.WithContext(ctx))
	if err != nil && r.Context().Err() == nil && errors.Is(context.Cause(ctx), slow) {
		return nil, slow
	}
	return response, err
}

// slowAnswer is the error for an answer that did not end within the limit. Without
// a limit, a command without --timeout could wait for ever if a byte arrives now
// and then.
type slowAnswer struct{ limit time.Duration }

func (e *slowAnswer) Error() string {
	return fmt.Sprintf("did not finish its answer within %s", e.limit)
}

func (g *guard) exchange(r *http.Request) (*http.Response, error) {
	if g.product != "" {
		r.Header.Set("X-TC-RequestClient", r.Header.Get("X-TC-RequestClient")+": "+g.product)
	}
	response, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
			x.serverTime = date
		}
	}
	body, err := readAnswer(response)
	if err != nil {
		return nil, err
	}
	if err := examine(response, body); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	// With a content type for streams, the SDK would not look for an error in the
	// body.
	response.Header.Set("Content-Type", "application/json")
	return response, nil
}

func readAnswer(response *http.Response) ([]byte, error) {
	var body bytes.Buffer
	if n := response.ContentLength; n > 0 && n <= maxAnswer {
		body.Grow(int(n) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, &cutError{err}
	case body.Len() > maxAnswer:
		return nil, &badAnswer{word: "too-large", reason: fmt.Sprintf("answered with more than %d MiB", maxAnswer>>20)}
	}
	return body.Bytes(), nil
}

// cutError reports that the connection ended in the middle of an answer.
type cutError struct{ err error }

func (e *cutError) Error() string { return "the answer was cut: " + e.err.Error() }
func (e *cutError) Unwrap() error { return e.err }

// badAnswer is an answer that does not follow API 3.0. It holds nothing of its
// body.
type badAnswer struct {
	word      string
	reason    string // follows the name of the host
	hint      string
	status    int
	refused   bool // the request was not carried out
	throttled bool
}

func (e *badAnswer) Error() string { return e.reason }

// examine returns an error for an answer that must not reach the SDK.
func examine(response *http.Response, body []byte) error {
	text := bytes.TrimSpace(body)
	status := response.StatusCode
	switch {
	case status >= 300 && status < 400:
		return &badAnswer{word: "redirect", status: status, refused: true,
			reason: fmt.Sprintf("answered with a redirect (HTTP status %d), which is not followed", status),
			hint:   "name the endpoint itself; a proxy or a login page of this network may intercept requests"}
	case response.Header.Get("Content-Encoding") != "":
		return &badAnswer{word: "encoding", status: status, reason: "answered in an encoding that sesctl did not request"}
	case status != http.StatusOK && !isAPIAnswer(text):
		return badStatus(response, text)
	case len(text) == 0:
		return &badAnswer{word: "empty", reason: "gave an empty answer"}
	case text[0] == '<':
		return &badAnswer{word: "html", reason: "answered with HTML, not with JSON",
			hint: "this is not the SES API, or a proxy or a login page of this network intercepts requests"}
	case text[0] != '{':
		return &badAnswer{word: "not-json", reason: "gave an answer that is not JSON in the form of the SES API"}
	}
	return nil
}

// isAPIAnswer reports whether an answer is an error of the service with an HTTP
// status other than 200. A gateway may send such an answer.
func isAPIAnswer(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && bytes.Contains(text, []byte(`"Response"`))
}

func badStatus(response *http.Response, text []byte) *badAnswer {
	status := response.StatusCode
	e := &badAnswer{
		word: fmt.Sprintf("http-%d", status), status: status,
		reason:  fmt.Sprintf("answered with HTTP status %d %s", status, http.StatusText(status)),
		refused: status < 500, throttled: status == http.StatusTooManyRequests,
	}
	plain := response.Request != nil && response.Request.URL.Scheme == "http"
	if plain && status == http.StatusBadRequest && bytes.Contains(text, []byte("HTTPS")) {
		e.word, e.reason, e.hint = "https-only", "expects HTTPS, but sesctl called it over plain HTTP", "write the endpoint with https://"
	}
	return e
}

var errNoShape = errors.New("the answer does not have the shape of API 3.0")
