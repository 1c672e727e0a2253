package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
)

// Transport returns a transport that serves requests in this process, whatever
// host they name, without a socket. It obeys the context of the request: a
// request whose context ends before the emulator decides on it changes nothing.
func (e *Emulator) Transport() http.RoundTripper { return transport{e} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	in := serverRequest(r)
	if ctx.Done() == nil {
		return t.serve(in, r), nil
	}
	served := make(chan *http.Response, 1)
	go func() { served <- t.serve(in, r) }()
	select {
	case response := <-served:
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return response, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// serverRequest returns the request as a server sees it.
func serverRequest(r *http.Request) *http.Request {
	in := *r
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	in.Header = make(http.Header, len(r.Header))
	for name, values := range r.Header {
		key := http.CanonicalHeaderKey(name)
		in.Header[key] = append(in.Header[key], values...)
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if strings.EqualFold(in.Method, "") {
		in.Method = http.MethodGet
	}
	return &in
}

func (t transport) serve(in, original *http.Request) *http.Response {
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(w, in)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
		Request: original,
	}
}

// recorder is the [http.ResponseWriter] of a request that is served in process.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *recorder) WriteHeader(status int) { w.status = status }
