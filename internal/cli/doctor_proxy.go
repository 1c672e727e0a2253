package cli

import (
	"errors"
	"net/url"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/network"
)

// checkProxy checks whether the proxy on the way to the endpoint works. It returns nil
// if no variable names a proxy.
func checkProxy(a *app, s config.Settings, probes []probe) *check {
	endpoint, err := url.Parse(s.Endpoint.Value)
	if s.Local || err != nil {
		return nil
	}
	const name = "proxy"
	variable := network.ProxyVariable(endpoint, a.env.Getenv)
	proxy, err := network.ProxyOf(endpoint, a.env.Getenv)
	switch {
	case variable == "":
		return nil
	case err != nil:
		return &check{name, statusFail, err.Error()}
	case proxy == nil && network.IsLoopback(endpoint.Hostname()):
		return &check{name, statusSkip, variable + " is not used: the endpoint is this machine"}
	case proxy == nil:
		return &check{name, statusSkip, variable + " is not used: NO_PROXY contains the endpoint"}
	}
	if failed := proxyFailure(probes); failed != nil {
		return &check{name, statusFail, failed.Error() + "; " + failed.Hint()}
	}
	return &check{name, statusOK, proxy.Name() + " is used"}
}

// proxyFailure returns the failure of the proxy, or nil if it works.
func proxyFailure(probes []probe) *network.ProxyError {
	for _, p := range probes {
		var failed *network.ProxyError
		if errors.As(p.Err, &failed) {
			return failed
		}
	}
	return nil
}
