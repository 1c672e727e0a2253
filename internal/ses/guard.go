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

// maxAnswer is the largest answer that is read, in bytes. A page of a hundred
// callbacks has well under a megabyte.
const maxAnswer = 32 << 20

// exchange is what the transport sees of one request.
type exchange struct {
	sent       atomic.Bool // the request may have left this machine
	answered   bool        // the service answered in its own form
	serverTime time.Time   // the Date header; zero where there was none
	duration   time.Duration
}

type exchangeKey struct{}

// watch returns a context in which what happens to a request is noted in x. A
// transport that does not trace counts as having sent it from the start.
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

// guard stands between the SDK and the network. It lets only answers through
// that the SDK can make sense of, because the SDK's errors repeat the whole body
// of any other, and because it would follow redirects and carry the token to
// wherever they lead.
type guard struct {
	next http.RoundTripper
	// product names this program behind the SDK in X-TC-RequestClient, which is
	// not signed. The SDK's own WithRequestClient compiles a regular expression
	// for it at every start.
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
// one, a byte now and then would keep a command without --timeout waiting for ever.
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
	// With a type for streams the SDK would look for no error in it.
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
		return nil, &badAnswer{word: "too-large", says: fmt.Sprintf("answered with more than %d MiB", maxAnswer>>20)}
	}
	return body.Bytes(), nil
}

// cutError says that the connection ended within an answer.
type cutError struct{ err error }

func (e *cutError) Error() string { return "the answer was cut: " + e.err.Error() }
func (e *cutError) Unwrap() error { return e.err }

// badAnswer is an answer that is none of API 3.0. It holds nothing of its body.
type badAnswer struct {
	word      string
	says      string // follows the name of the host
	hint      string
	status    int
	refused   bool // whoever answered did not carry the request out
	throttled bool
}

func (e *badAnswer) Error() string { return e.says }

// examine returns an error for an answer that the SDK must not see.
func examine(response *http.Response, body []byte) error {
	text := bytes.TrimSpace(body)
	status := response.StatusCode
	switch {
	case status >= 300 && status < 400:
		return &badAnswer{word: "redirect", status: status, refused: true,
			says: fmt.Sprintf("answered with a redirect (HTTP status %d), which is not followed", status),
			hint: "give the endpoint itself; a proxy or a login page of this network may stand in between"}
	case response.Header.Get("Content-Encoding") != "":
		return &badAnswer{word: "encoding", status: status, says: "answered in an encoding that was not asked for"}
	case status != http.StatusOK && !isAPIAnswer(text):
		return badStatus(response, text)
	case len(text) == 0:
		return &badAnswer{word: "empty", says: "gave an empty answer"}
	case text[0] == '<':
		return &badAnswer{word: "html", says: "answered with HTML, not with JSON",
			hint: "this is not the SES API, or a proxy or a login page of this network stands in between"}
	case text[0] != '{':
		return &badAnswer{word: "not-json", says: "gave an answer that is not JSON as the SES API gives it"}
	}
	return nil
}

// isAPIAnswer tells an error of the service that came with another status than
// 200, as one from a gateway may.
func isAPIAnswer(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && bytes.Contains(text, []byte(`"Response"`))
}

func badStatus(response *http.Response, text []byte) *badAnswer {
	status := response.StatusCode
	e := &badAnswer{
		word: fmt.Sprintf("http-%d", status), status: status,
		says:    fmt.Sprintf("answered with HTTP status %d %s", status, http.StatusText(status)),
		refused: status < 500, throttled: status == http.StatusTooManyRequests,
	}
	plain := response.Request != nil && response.Request.URL.Scheme == "http"
	if plain && status == http.StatusBadRequest && bytes.Contains(text, []byte("HTTPS")) {
		e.word, e.says, e.hint = "https-only", "speaks HTTPS, and was asked over plain HTTP", "write the endpoint with https://"
	}
	return e
}

var errNoShape = errors.New("the answer has another shape than those of API 3.0")
