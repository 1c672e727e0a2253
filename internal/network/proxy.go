package network

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/sesctl/sesctl/internal/failure"
)

// Proxy is a proxy that a variable of the environment names.
type Proxy struct {
	URL      *url.URL // may have a password
	Variable string   // such as HTTPS_PROXY
}

// String returns the proxy without its user and password.
func (p *Proxy) String() string { return p.URL.Scheme + "://" + p.URL.Host }

// Name returns the proxy, and the variable that names it.
func (p *Proxy) Name() string { return "the proxy " + p.String() + " (" + p.Variable + ")" }

// ProxyOf returns the proxy for a URL, or nil if there is none. The variables are
// HTTPS_PROXY, HTTP_PROXY and NO_PROXY, also in lower case. This machine is never
// reached through a proxy. HTTP_PROXY is ignored in a CGI program, because a client
// can set it there (CVE-2016-5385).
//
// The error is about the URL of the proxy, is of kind usage, and does not repeat it.
func ProxyOf(target *url.URL, getenv func(string) string) (*Proxy, error) {
	if IsLoopback(target.Hostname()) {
		return nil, nil
	}
	name, value := proxyVariable(target.Scheme, getenv)
	if value == "" {
		return nil, nil
	}
	// httpproxy knows which hosts NO_PROXY excludes.
	probe := httpproxy.Config{HTTPProxy: "http://proxy", HTTPSProxy: "http://proxy", NoProxy: cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))}
	if wanted, err := probe.ProxyFunc()(target); wanted == nil || err != nil {
		return nil, err
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value)
	switch {
	case err != nil || proxy.Hostname() == "":
		return nil, failure.New(failure.Usage, "the proxy in %s is not a URL", name).WithHint("write it like http://proxy.example.com:3128")
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme):
		return nil, failure.New(failure.Usage, "the scheme of the proxy in %s is not http, https or socks5", name)
	}
	return &Proxy{proxy, name}, nil
}

// ProxyVariable returns the name of the variable that names a proxy for URLs like this
// one, or "". [ProxyOf] decides whether the proxy is used.
func ProxyVariable(target *url.URL, getenv func(string) string) string {
	name, _ := proxyVariable(target.Scheme, getenv)
	return name
}

func proxyVariable(scheme string, getenv func(string) string) (name, value string) {
	names := []string{"HTTPS_PROXY", "https_proxy"}
	switch {
	case scheme == "http" && getenv("REQUEST_METHOD") != "":
		names = []string{"http_proxy"}
	case scheme == "http":
		names = []string{"HTTP_PROXY", "http_proxy"}
	}
	for _, name := range names {
		if value := getenv(name); value != "" {
			return name, value
		}
	}
	return "", ""
}

// Through makes a transport use the proxies of the environment. It returns a
// transport that behaves as [ProxyError] describes. No other field of the given
// transport is changed.
func Through(transport *http.Transport, getenv func(string) string) http.RoundTripper {
	t := &throughProxy{
		Transport: transport,
		proxyOf:   func(target *url.URL) (*Proxy, error) { return ProxyOf(target, getenv) },
		lanes:     map[string]*lane{},
	}
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		proxy, err := t.proxyOf(r.URL)
		if proxy == nil || err != nil {
			return nil, err
		}
		return proxy.URL, nil
	}
	transport.OnProxyConnectResponse = refuseConnect
	return t
}
