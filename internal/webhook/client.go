package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/sesctl/sesctl/internal/network"
)

const (
	// TestHeader is a header of every event that sesctl sends. Its value is the
	// command, such as "check". So a receiver can distinguish it from a real event.
	TestHeader = "Sesctl-Test"

	// TestField is the same mark in the payload, for receivers that see only
	// that. It has the form of a header of the email, which SES returns under its own
	// name (document 1084/39492), so every receiver must accept it.
	TestField = "X-Tencentcloudses-Cb-Sesctl-Test"

	userAgent   = "sesctl"
	contentType = "application/json"

	// maxAnswer is how many bytes of the body of an answer are read, and how many its
	// headers may have.
	maxAnswer = 64 << 10
)

// Resolver looks up the addresses of a host; [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialFunc opens a connection, as [net.Dialer.DialContext] does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Network is how hosts are reached. The zero value uses the resolver, the proxies and
// the certificate authorities of the machine.
type Network struct {
	Resolver Resolver       // for Checker only
	Dial     DialFunc       // opens TCP connections
	RootCAs  *x509.CertPool // who may sign certificates
	Insecure bool           // accepts any certificate; not for Checker

	// Getenv returns the variables that name proxies; [os.Getenv] if nil. Checker
	// uses no proxy.
	Getenv func(string) string

	now func() time.Time // by which certificates are valid; time.Now if nil
}

func (n Network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if n.Dial != nil {
		return n.Dial(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (n Network) resolver() Resolver {
	if n.Resolver != nil {
		return n.Resolver
	}
	return net.DefaultResolver
}

func (n Network) tlsConfig(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: n.RootCAs, Time: n.now, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: n.Insecure} // only if the user asks for it
}

// transport returns a transport for HTTP/1.1. Its connections do not read until
// something was written; see quietConn.
func (n Network) transport(connections int) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := n.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return newQuietConn(conn), nil
		},
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			conn, err := n.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			secure := tls.Client(conn, n.tlsConfig(host))
			if err := secure.HandshakeContext(ctx); err != nil {
				conn.Close()
				return nil, err
			}
			return newQuietConn(secure), nil
		},
		TLSClientConfig:        n.tlsConfig(""), // behind a proxy
		MaxIdleConnsPerHost:    connections,
		MaxConnsPerHost:        connections,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxAnswer,
	}
}

// quietConn does not read until the first write. A server may answer before it has read
// anything. If that answer comes before the request is sent, http.Transport takes it
// for an answer without a request, and closes the connection.
type quietConn struct {
	net.Conn
	once  sync.Once
	wrote chan struct{}
}

func newQuietConn(conn net.Conn) *quietConn {
	return &quietConn{Conn: conn, wrote: make(chan struct{})}
}

func (c *quietConn) release() { c.once.Do(func() { close(c.wrote) }) }

func (c *quietConn) Read(p []byte) (int, error) {
	<-c.wrote
	return c.Conn.Read(p)
}

func (c *quietConn) Write(p []byte) (int, error) {
	c.release()
	return c.Conn.Write(p)
}

func (c *quietConn) Close() error {
	c.release()
	return c.Conn.Close()
}

func (n Network) getenv() func(string) string {
	if n.Getenv == nil {
		return os.Getenv
	}
	return n.Getenv
}

// CheckProxy returns an error of kind usage if the proxy for a URL cannot be used.
func (n Network) CheckProxy(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err == nil {
		_, err = n.proxyOf(u)
	}
	return err
}

// ValidHeader reports whether a header can be sent (RFC 9110, 5.1 and 5.5).
func ValidHeader(name, value string) bool {
	return httpguts.ValidHeaderFieldName(name) && httpguts.ValidHeaderFieldValue(value)
}

func (n Network) proxyOf(u *url.URL) (*network.Proxy, error) { return network.ProxyOf(u, n.getenv()) }

// throughProxy is transport with the proxies of the environment.
func (n Network) throughProxy(connections int) http.RoundTripper {
	return network.Through(n.transport(connections), n.getenv())
}

// newClient returns a client that does not follow redirects: the first answer counts.
func newClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// discard reads the rest of an answer, so that the connection can be used again, and
// closes it. After a very long answer the connection is closed too.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, maxAnswer)
	body.Close()
}

// reason returns why a request failed, without its URL, which errors of net/http
// carry, and without anything that the other side has written.
func reason(err error) string {
	var urlErr *url.Error
	for errors.As(err, &urlErr) {
		err = urlErr.Err
	}
	var timeout net.Error
	var dns *net.DNSError
	var system *os.SyscallError
	var record tls.RecordHeaderError
	var proxy *network.ProxyError
	switch {
	case errors.As(err, &proxy):
		return proxy.Error()
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer within the timeout"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &dns):
		return "the host name could not be looked up: " + beforeQuote(dns.Err)
	case errors.As(err, &record):
		return "the server does not speak TLS on this port"
	case strings.Contains(err.Error(), "malformed HTTP"): // net/http has no type for it
		return "the answer is not HTTP"
	case isCertificateError(err):
		return "the certificate is not trusted: " + certificateProblem(err, time.Now())
	case errors.As(err, &system):
		return system.Err.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return "the connection was closed before an answer arrived"
	}
	return beforeQuote(err.Error())
}

// beforeQuote drops what a message quotes: net/http quotes the first line of an
// answer that is not HTTP, and that may repeat the request.
func beforeQuote(text string) string {
	text, _, _ = strings.Cut(text, `"`)
	return strings.TrimRight(text, " :")
}

// statusLine uses the words of the standard, not the text of the server.
func statusLine(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
