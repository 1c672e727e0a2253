package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func outgoing(t *testing.T, ctx context.Context, s signed, body io.Reader) *http.Request {
	t.Helper()
	in := s.request()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+s.host+"/", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = in.Header
	return r
}

func TestTransport(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	s := newSigned("ListEmailAddress", "{}")
	r := outgoing(t, t.Context(), s, strings.NewReader(s.body))
	// A client may write header names in any case.
	lower := map[string][]string{}
	for name, values := range r.Header {
		lower[strings.ToLower(name)] = values
	}
	r.Header = lower
	response, err := e.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if response.Request != r || response.ContentLength <= 0 || response.Status != "200 OK" {
		t.Errorf("response: %+v", response)
	}
	if got, err := http.ParseTime(response.Header.Get("Date")); err != nil || !got.Equal(noon) {
		t.Errorf("date: %v, %v", got, err)
	}
	if got := readAnswer(t, response); got.code != "" {
		t.Errorf("%s: %s", got.code, got.message)
	}
	if len(lower["authorization"]) != 1 || len(r.Header) != len(lower) || r.Body == nil {
		t.Error("the transport changed the request")
	}
	bare := outgoing(t, context.Background(), s, nil)
	bare.Method = ""
	if response, err = e.Transport().RoundTrip(bare); err != nil {
		t.Fatal(err)
	}
	if got := readAnswer(t, response); got.code != sesapi.CodeSignatureFailure { // it is a GET, but was signed as a POST
		t.Errorf("no method: %q", got.code)
	}
}

// closer reports when a body is closed.
type closer struct {
	io.Reader
	closed chan struct{}
}

func (c closer) Close() error { close(c.closed); return nil }

func TestTransportFollowsTheContext(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	s := newSigned("UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	reason := errors.New("changed my mind")

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	body := closer{strings.NewReader(s.body), make(chan struct{})}
	if _, err := e.Transport().RoundTrip(outgoing(t, ctx, s, body)); !errors.Is(err, reason) {
		t.Errorf("a context that has ended: %v", err)
	}
	<-body.closed

	// The body never ends: only the context ends the call.
	ctx, cancel = context.WithCancelCause(t.Context())
	reader, writer := io.Pipe()
	go func() {
		_, _ = io.WriteString(writer, s.body)
		cancel(reason)
	}()
	if _, err := e.Transport().RoundTrip(outgoing(t, ctx, s, reader)); !errors.Is(err, reason) {
		t.Errorf("a context that ends: %v", err)
	}
	if _, err := writer.Write([]byte(" ")); err == nil {
		t.Error("the body is still read")
	}
	if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != "" {
		t.Errorf("a call that was given up changed the account: %v", got)
	}
}

func TestLongBodies(t *testing.T) {
	t.Parallel()
	const limit = 8 << 20
	url := strings.Repeat("x", limit-len(`{"Url":""}`))
	tests := map[string]struct{ body, code string }{
		"at the limit": {`{"Url":"` + url + `"}`, sesapi.CodeIllegalURL},
		"over it":      {`{"Url":"` + url + `x"}`, sesapi.CodeRequestSizeLimit},
		"far over it":  {`{"Url":"` + url + url + `"}`, sesapi.CodeRequestSizeLimit},
	}
	e := open(t, emulator.Options{})
	address := start(t, e)
	for name, test := range tests {
		for _, chunked := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newSigned("UpdateWebhookUrl", test.body)
				s.host, s.signHost = address, address
				var body io.Reader = strings.NewReader(test.body)
				if chunked {
					body = io.MultiReader(body) // of unknown length
				}
				r := outgoing(t, t.Context(), s, body)
				r.URL.Scheme = "http"
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				got := readAnswer(t, response)
				if got.code != test.code || len(got.message) > 1000 {
					t.Errorf("%q: %.1000s, want %q", got.code, got.message, test.code)
				}
			})
		}
	}
}
