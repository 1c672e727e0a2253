package ses

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// leak is part of every body that must not be shown.
const leak = "l3aked"

// asError returns err as the error that commands see.
func asError(t *testing.T, err error) *failure.Error {
	t.Helper()
	var e *failure.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v, and carries no kind", err)
	}
	return e
}

// checkError checks that an error has all the parts, and nothing that must not be shown.
func checkError(t *testing.T, err error, kind failure.Kind, parts ...string) *failure.Error {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	e := asError(t, err)
	text := err.Error() + "\n" + strings.Join(failure.HintsOf(err), "\n")
	if got := failure.KindOf(err); got != kind {
		t.Errorf("the kind is %s, not %s: %s", got, kind, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in: %s", part, text)
		}
	}
	if strings.Contains(text, leak) || strings.Contains(text, "s3cr3t") {
		t.Errorf("a secret is in: %s", text)
	}
	if first := err.Error()[:1]; first != strings.ToLower(first) || strings.HasSuffix(err.Error(), ".") {
		t.Errorf("the message is not in the style of messages: %s", text)
	}
	return e
}

// TestDrippingAnswer checks that a call ends if its answer never ends, even if its
// context does not end: apply has no timeout of its own.
func TestDrippingAnswer(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"drips": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(handler)
			defer server.Close()
			client := newClient(t, Options{Endpoint: server.URL, CallLimit: 100 * time.Millisecond})
			_, err := client.Load(t.Context(), callback.PartAll)
			checkError(t, err, failure.Failure, "did not finish its answer within 100ms")
			_, err = client.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(firstURL)))
			if e := checkError(t, err, failure.Failure, "did not finish its answer"); !e.Unknown {
				t.Error("the outcome of a write whose answer did not end is unknown")
			}
		})
	}
}

func answerWith(status int, header map[string]string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func apiError(code, message string) string {
	body, err := json.Marshal(map[string]any{"Response": map[string]any{
		"Error": map[string]string{"Code": code, "Message": message}, "RequestId": "request-1",
	}})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func drop(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// TestReadFaults reads from an endpoint that fails in every way.
func TestReadFaults(t *testing.T) {
	t.Parallel()
	const cut = `{"Response":{"Url":"https://hooks.example.com:8080/` + leak
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		outcome string
		calls   int
		kind    failure.Kind
		texts   []string
	}{
		"html":        {answerWith(200, nil, "<html>"+leak), "html", 1, failure.Failure, []string{"HTML", "127.0.0.1"}},
		"empty":       {answerWith(200, nil, ""), "empty", 1, failure.Failure, []string{"empty answer"}},
		"spaces":      {answerWith(200, nil, " \r\n "), "empty", 1, failure.Failure, []string{"empty answer"}},
		"text":        {answerWith(200, nil, "ok "+leak), "not-json", 1, failure.Failure, []string{"not JSON"}},
		"cut JSON":    {answerWith(200, nil, cut), "bad-json", maxTries, failure.Failure, []string{"incomplete"}},
		"other shape": {answerWith(200, nil, `{"a":"`+leak+`"}`), "shape", 1, failure.Failure, []string{"does not have the shape"}},
		"list":        {answerWith(200, nil, `[1]`), "not-json", 1, failure.Failure, []string{"not JSON"}},
		"null":        {answerWith(200, nil, `{"Response":null}`), "shape", 1, failure.Failure, []string{"does not have the shape"}},
		"shape below": {answerWith(200, nil, `{"Response":"`+leak+`"}`), "bad-json", maxTries, failure.Failure, nil},
		"500":         {answerWith(500, nil, leak), "http-500", maxTries, failure.Failure, []string{"500 Internal Server Error"}},
		"502 html":    {answerWith(502, nil, "<html>"+leak), "http-502", maxTries, failure.Failure, []string{"502"}},
		"404":         {answerWith(404, nil, leak), "http-404", 1, failure.Failure, []string{"404 Not Found"}},
		"429":         {answerWith(429, nil, leak), "http-429", maxTriesThrottled, failure.Failure, []string{"429"}},
		"500 in JSON": {answerWith(500, nil, `{"Response":{"RequestId":"`+leak+`"}}`), "http-status", maxTries, failure.Failure, []string{"200"}},
		"stream":      {answerWith(200, map[string]string{"Content-Type": "text/event-stream"}, leak), "not-json", 1, failure.Failure, []string{"not JSON"}},
		"encoding":    {answerWith(200, map[string]string{"Content-Encoding": "deflate"}, leak), "encoding", 1, failure.Failure, []string{"encoding"}},
		"redirect": {answerWith(302, map[string]string{"Location": "https://other.example/" + leak}, ""), "redirect", 1,
			failure.Failure, []string{"redirect"}},
		"dropped": {drop, "closed", maxTries, failure.Failure, []string{"closed the connection"}},
		"cut body": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, cut)
			drop(w, r)
		}, "closed", maxTries, failure.Failure, []string{"closed the connection"}},
		"API error with another status": {answerWith(403, nil, apiError("AuthFailure.SecretIdNotFound", "no")), "AuthFailure.SecretIdNotFound", 1,
			failure.Auth, []string{"secret id"}},
		"throttled for ever": {answerWith(200, nil, apiError("RequestLimitExceeded.UinLimitExceeded", "slow")), "RequestLimitExceeded.UinLimitExceeded",
			maxTriesThrottled, failure.Failure, []string{"too many requests"}},
		"internal error": {answerWith(200, nil, apiError("InternalError", "oops")), "InternalError", maxTries, failure.Failure, []string{"internal error", "oops"}},
		"odd code":       {answerWith(200, nil, apiError("a\x1b[31m"+leak, "b\x1b[31mc")), "unreadable-code", 1, failure.Failure, []string{`b\x1b[31mc`}},
		"old form":       {answerWith(200, nil, `{"code":4100,"codeDesc":"AuthFailure","message":"no"}`), "AuthFailure", 1, failure.Auth, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			t.Cleanup(server.Close)
			var log callLog
			c := newClient(t, Options{Endpoint: server.URL, OnCall: log.add})
			_, err := c.Load(t.Context(), callback.PartAccount)
			checkError(t, err, test.kind, append(test.texts, "cannot read the account's callback: ")...)
			if calls := log.all(); len(calls) != test.calls || calls[0].Outcome != test.outcome {
				t.Errorf("the calls were %d: %+v", len(calls), calls)
			}
		})
	}
}

type callLog struct {
	mu    sync.Mutex
	calls []Call
}

func (l *callLog) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
}

func (l *callLog) all() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

func TestTooLargeAnswer(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Endpoint: "http://localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(zeros{}), Request: r}, nil
	})})
	_, err := c.Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "more than 32 MiB")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestRedirectKeepsToken checks that redirects are not followed, so the token and
// the signature go to the endpoint only.
func TestRedirectKeepsToken(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with the token %q", r.Header.Get("X-TC-Token"))
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(other.URL, status))
		credentials := localCredentials()
		credentials.Token = "token-" + leak
		c := newClient(t, Options{Endpoint: server.URL, Credentials: credentials})
		_, err := c.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("https://hooks.example.com:8080/")))
		if e := checkError(t, err, failure.Failure, "redirect"); e.Unknown {
			t.Error("a redirect leaves the outcome open")
		}
		server.Close()
	}
}

// closedAddress has a port that the system never assigns by itself. The port of a
// closed listener may belong to another test by now.
// of a listener that was closed may be another test's by now.
const closedAddress = "127.0.0.1:1"

func TestClosedEndpoint(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		var log callLog
		c := newClient(t, Options{Endpoint: scheme + "://" + closedAddress, OnCall: log.add})
		_, err := c.Load(t.Context(), callback.PartAll)
		checkError(t, err, failure.Failure, "cannot connect to "+closedAddress, "refused", "sesctl doctor")

		e := checkError(t, put(c, callback.Account(), secretURL, ""), failure.Failure, "refused")
		if e.Unknown {
			t.Error("a write that could not leave counts as unknown")
		}
	}
}

const secretURL = "https://user:pw-s3cr3t@hooks.example.com:8080/cb?token=tk-s3cr3t"

func put(c *Client, target callback.Target, url, old string) error {
	_, err := c.Make(context.Background(), callback.NewChange(target, callback.NewURL(old), callback.NewURL(url)))
	return err
}

func TestNoSuchHost(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Endpoint: "https://ses.nowhere.invalid", Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "ses.nowhere.invalid", IsNotFound: true}}
	})})
	_, err := c.Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, `there is no host "ses.nowhere.invalid"`)
}

// TestSilentEndpoint ends with the context. The message distinguishes a timeout
// from an interrupt.
func TestSilentEndpoint(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	asked := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-stop
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	c := newClient(t, Options{Endpoint: server.URL})

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := c.Load(ctx, callback.PartAll)
	checkError(t, err, failure.Failure, "timed out after ", "without an answer from 127.0.0.1", "--timeout")

	ctx, interrupt := context.WithCancel(t.Context())
	for len(asked) > 0 {
		<-asked
	}
	go func() { <-asked; interrupt() }()
	_, err = c.Load(ctx, callback.PartAccount)
	checkError(t, err, failure.Interrupted, "interrupted")
}
