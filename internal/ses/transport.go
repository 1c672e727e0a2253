package ses

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/sesctl/sesctl/internal/failure"
)

// Time limits of one request. The context limits all of it besides.
const (
	connectTimeout   = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	headerTimeout    = 60 * time.Second // as the SDK's own
	idleTimeout      = 30 * time.Second // as the SDK's own
)

// parallelCalls is how many connections stay open for the next call. The
// default of net/http, two, would open a new one for most of the calls that run
// side by side.
const parallelCalls = 64

func newTransport(endpoint *url.URL, o Options) (http.RoundTripper, error) {
	proxy, err := proxyOf(endpoint, o.Getenv)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:                 http.ProxyURL(proxy),
		DialContext:           (&net.Dialer{Timeout: connectTimeout, KeepAlive: idleTimeout}).DialContext,
		TLSHandshakeTimeout:   handshakeTimeout,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConnsPerHost:   parallelCalls,
	}
	if endpoint.Scheme == "https" {
		roots, err := trustedRoots(o.CAFile, o.Getenv("SSL_CERT_FILE"))
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
		t.ForceAttemptHTTP2 = true
	}
	return t, nil
}

// proxyOf returns the proxy on the way to the endpoint, or nil. Its URL may hold a
// password, and is in no error.
func proxyOf(endpoint *url.URL, getenv func(string) string) (*url.URL, error) {
	name := "HTTPS_PROXY"
	if endpoint.Scheme == "http" {
		name = "HTTP_PROXY"
	}
	value := either(getenv, name, strings.ToLower(name))
	if value == "" {
		return nil, nil
	}
	// httpproxy knows what NO_PROXY leaves out. It goes without a proxy where the
	// URL of that is wrong; here that is an error.
	probe := httpproxy.Config{HTTPProxy: "http://proxy", HTTPSProxy: "http://proxy", NoProxy: either(getenv, "NO_PROXY", "no_proxy")}
	if wanted, err := probe.ProxyFunc()(endpoint); wanted == nil || err != nil {
		return nil, err
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value)
	switch {
	case err != nil || proxy.Hostname() == "":
		return nil, failure.New(failure.Usage, "the proxy that %s names is not a URL", name)
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme):
		return nil, failure.New(failure.Usage, "the proxy that %s names is none of http, https and socks5", name)
	}
	return proxy, nil
}

func either(getenv func(string) string, names ...string) string {
	for _, name := range names {
		if value := getenv(name); value != "" {
			return value
		}
	}
	return ""
}

// trustedRoots returns the system's certificates and those of the given files;
// nil, which means the system's alone, where no file is given.
func trustedRoots(caFile, certFile string) (*x509.CertPool, error) {
	if caFile == "" && certFile == "" {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	for _, file := range []struct{ path, from string }{{certFile, "SSL_CERT_FILE"}, {caFile, "ca_file"}} {
		if file.path == "" {
			continue
		}
		pem, err := os.ReadFile(file.path)
		if err != nil {
			return nil, failure.New(failure.Usage, "cannot read the certificates of %s: %w", file.from, err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, failure.New(failure.Usage, "the file %s, which %s names, holds no certificate in PEM form", file.path, file.from)
		}
	}
	return roots, nil
}
