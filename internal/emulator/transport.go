package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
)

// Transport returns a transport that serves requests in this process, whatever host
// they name, without a socket. It follows the context of the request: if the context
// ends before the emulator commits the request, the request changes nothing.
func (e *Emulator) Transport() http.RoundTripper { return transport{e} }

type transport struct{ emulator *Emulator }

// exchange is the outcome of a request: a response, or err if a fault dropped the
// connection.
type exchange struct {
	response *http.Response
	err      error
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	ctx := r.Context()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	in := serverRequest(r)
	if ctx.Done() == nil {
		got := t.serve(in, r)
		return got.response, got.err
	}
	served := make(chan exchange, 1)
	go func() { served <- t.serve(in, r) }()
	select {
	case got := <-served:
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return got.response, got.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// serverRequest returns the request as a server would receive it.
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
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	return &in
}

func (t transport) serve(in, original *http.Request) (got exchange) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler: // on which a server closes the connection
			got = exchange{err: io.ErrUnexpectedEOF}
		default:
			panic(p)
		}
	}()
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	t.emulator.ServeHTTP(w, in)
	w.header.Set("Date", t.emulator.now().UTC().Format(http.TimeFormat))
	return exchange{response: &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
		Request: original,
	}}
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
