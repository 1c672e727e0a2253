package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
)

// ProxyError is a failure of a proxy, and not of the server. Its text has neither a
// user nor a password.
//
// A transport does not use a proxy again that has refused the password. Until the
// first request succeeds, requests are sent one at a time, so a wrong password is
// sent only once. Some directories lock an account after a few wrong passwords.
type ProxyError struct {
	Proxy    *Proxy
	Status   int    // of the answer of the proxy; 0 if it did not answer in HTTP
	Reason   string // what failed
	Reached  bool   // there was a connection to the proxy, so it may have the password
	refusing bool   // the proxy refuses the user or the password
}

func (e *ProxyError) Error() string { return e.Proxy.Name() + " " + e.Reason }

// Hint returns the next step.
func (e *ProxyError) Hint() string {
	if e.refusing {
		return "correct the user and the password in " + e.Proxy.Variable + "; they were sent once"
	}
	return "correct " + e.Proxy.Variable + ", or add the host to NO_PROXY to reach it directly"
}

// Refused reports whether the proxy refuses the user or the password, so that every
// further request would fail too.
func (e *ProxyError) Refused() bool { return e.refusing }

// connectError is the answer to CONNECT, passed through net/http as an error.
type connectError struct{ status int }

func (e *connectError) Error() string { return fmt.Sprintf("status %d", e.status) }

func refuseConnect(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	return &connectError{response.StatusCode}
}

type throughProxy struct {
	*http.Transport
	proxyOf func(*url.URL) (*Proxy, error)
	mu      sync.Mutex
	lanes   map[string]*lane // by the URL of the proxy
}

// lane is the state of one proxy.
type lane struct {
	turn    chan struct{} // taken by a request while the lane is not open
	open    atomic.Bool   // a request came through
	through atomic.Bool   // the proxy has connected to a host
	refused atomic.Pointer[ProxyError]
}

func (t *throughProxy) lane(proxy *Proxy) *lane {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lanes[proxy.URL.String()]
	if l == nil {
		l = &lane{turn: make(chan struct{}, 1)}
		t.lanes[proxy.URL.String()] = l
	}
	return l
}

func (t *throughProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := t.proxyOf(r.URL)
	if err == nil && proxy == nil {
		return t.Transport.RoundTrip(r)
	}
	if err != nil {
		return nil, unsent(r, err)
	}
	l := t.lane(proxy)
	if !l.open.Load() {
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
		case <-r.Context().Done():
			return nil, unsent(r, l.ended(r, proxy))
		}
	}
	if refused := l.refused.Load(); refused != nil {
		return nil, unsent(r, refused)
	}
	response, err := t.pass(r, proxy, l)
	var failed *ProxyError
	switch {
	case !errors.As(err, &failed):
		l.open.Store(true)
	case failed.refusing:
		l.refused.Store(failed)
	}
	return response, err
}

// unsent closes the body of a request that is not sent, as a RoundTripper must.
func unsent(r *http.Request, err error) error {
	if r.Body != nil {
		r.Body.Close()
	}
	return err
}

// pass sends one request. It returns a failure of the proxy as a *ProxyError.
func (t *throughProxy) pass(r *http.Request, proxy *Proxy, l *lane) (*http.Response, error) {
	var connected atomic.Bool
	var handshakes atomic.Int32
	trace := &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true); l.through.Store(true) },
		TLSHandshakeStart: func() {
			if handshakes.Add(1) > ownHandshakes(proxy) {
				l.through.Store(true)
			}
		},
	}
	response, err := t.Transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	switch {
	case err == nil && r.URL.Scheme == "http" && ofProxy(response):
		_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
		response.Body.Close()
		return nil, answered(proxy, response.StatusCode)
	case err == nil:
		return response, nil
	case r.Context().Err() != nil:
		return nil, l.ended(r, proxy)
	}
	return nil, judge(proxy, err, connected.Load())
}

// ended returns why the context of a request ended before there was an answer. A proxy
// that has not connected to any host is at fault. Over plain HTTP nobody can see that.
func (l *lane) ended(r *http.Request, proxy *Proxy) error {
	if errors.Is(r.Context().Err(), context.DeadlineExceeded) && r.URL.Scheme == "https" && !l.through.Load() {
		return &ProxyError{Proxy: proxy, Reason: "did not connect to the host within the timeout", Reached: true}
	}
	return r.Context().Err()
}

// ownHandshakes returns how many TLS handshakes are with the proxy itself. The next one
// is with the host, so the proxy has connected to it.
func ownHandshakes(proxy *Proxy) int32 {
	if proxy.URL.Scheme == "https" {
		return 1
	}
	return 0
}

// ofProxy reports whether an answer over plain HTTP is certainly of a proxy: status 407,
// a Proxy-Authenticate header (RFC 9110, 11.7.1), a Proxy-Status with an error (RFC 9209,
// 2.1.1), or the mark of Squid. Any other answer of a proxy looks like an answer of the server.
// Over TLS every answer is of the server, because a proxy cannot write one.
func ofProxy(response *http.Response) bool {
	h := response.Header
	return response.StatusCode == http.StatusProxyAuthRequired || response.StatusCode >= 400 &&
		(h.Get("Proxy-Authenticate") != "" || h.Get("X-Squid-Error") != "" || strings.Contains(h.Get("Proxy-Status"), "error="))
}

func answered(proxy *Proxy, status int) *ProxyError {
	reason := strings.TrimSpace(fmt.Sprintf("answered %d %s", status, http.StatusText(status)))
	return &ProxyError{Proxy: proxy, Status: status, Reason: reason, Reached: true, refusing: status == http.StatusProxyAuthRequired}
}

// judge returns a failure of the proxy as a *ProxyError, and any other error
// unchanged.
func judge(proxy *Proxy, err error, connected bool) error {
	var refused *connectError
	var op *net.OpError
	switch {
	case errors.As(err, &refused):
		return answered(proxy, refused.status)
	case errors.As(err, &op) && op.Op == "proxyconnect": // the name that net/http gives to connecting to a proxy
		return unreached(proxy, op.Err)
	case connected || isTLS(err):
		return err
	case strings.HasPrefix(proxy.URL.Scheme, "socks"):
		return unreached(proxy, err)
	}
	return &ProxyError{Proxy: proxy, Reason: "failed before there was a connection to the host: " + innermost(err), Reached: true}
}

// unreached describes why a proxy could not be reached, or the error of a SOCKS
// proxy.
func unreached(proxy *Proxy, err error) *ProxyError {
	e := &ProxyError{Proxy: proxy, Reason: "cannot be reached: " + innermost(err)}
	if strings.HasPrefix(proxy.URL.Scheme, "socks") && !isDial(err) {
		e.Reason, e.Reached = "refused the connection: "+innermost(err), true
		// These are the words of x/net/internal/socks, which has no type for this
		// error (RFC 1929).
		e.refusing = strings.Contains(err.Error(), "authentication")
	}
	return e
}

func isDial(err error) bool {
	for op := (*net.OpError)(nil); errors.As(err, &op); err = op.Err {
		if op.Op == "dial" {
			return true
		}
	}
	return false
}

// isTLS reports whether the proxy connected to the host, but TLS with the host
// failed.
func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var op *net.OpError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &op) && op.Op == "remote error"
}

// innermost returns the text of the innermost error. Outer ones repeat URLs.
func innermost(err error) string {
	for {
		var joined *url.Error
		inner := errors.Unwrap(err)
		if errors.As(err, &joined) {
			inner = joined.Err
		}
		if inner == nil {
			text, _, _ := strings.Cut(err.Error(), `"`)
			return strings.TrimRight(text, " :")
		}
		err = inner
	}
}
