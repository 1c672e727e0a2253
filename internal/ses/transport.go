package ses

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/sesctl/sesctl/internal/network"
)

// Timeouts of one request. defaultCallLimit is for the whole request, with the
// answer.
const (
	connectTimeout   = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	defaultCallLimit = 60 * time.Second // the SDK's own value
	idleTimeout      = 30 * time.Second // the SDK's own value
)

// parallelCalls is how many connections stay open for the next call. The default
// of net/http, two, would open a new connection for most calls that run at the
// same time.
const parallelCalls = 64

func newTransport(endpoint *url.URL, o Options) (http.RoundTripper, error) {
	if _, err := network.ProxyOf(endpoint, o.Getenv); err != nil {
		return nil, err
	}
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: connectTimeout, KeepAlive: idleTimeout}).DialContext,
		TLSHandshakeTimeout: handshakeTimeout,
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: parallelCalls,
	}
	if endpoint.Scheme == "https" {
		roots, err := network.Roots(
			network.CertificateFile{Path: o.Getenv("SSL_CERT_FILE"), From: "SSL_CERT_FILE"}, network.CertificateFile{Path: o.CAFile, From: "ca_file"})
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
		t.ForceAttemptHTTP2 = true
	}
	return network.Through(t, o.Getenv), nil
}
