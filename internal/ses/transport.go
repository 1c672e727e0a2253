package ses

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
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
	proxies := httpproxy.Config{
		HTTPProxy:  either(o.Getenv, "HTTP_PROXY", "http_proxy"),
		HTTPSProxy: either(o.Getenv, "HTTPS_PROXY", "https_proxy"),
		NoProxy:    either(o.Getenv, "NO_PROXY", "no_proxy"),
	}
	proxyFor := proxies.ProxyFunc()
	t := &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := proxyFor(r.URL)
			if err != nil {
				// The text of err holds the proxy's URL, and that a password.
				return nil, errProxyURL
			}
			return proxy, nil
		},
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

var errProxyURL = errors.New("the proxy that HTTPS_PROXY or HTTP_PROXY names is not a URL")

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
			return nil, failure.New(failure.Usage, "%s names %s, which holds no certificate in PEM form", file.from, file.path)
		}
	}
	return roots, nil
}
