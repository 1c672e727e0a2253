package web

import (
	"net"
	"net/netip"
	"strings"
)

// HostAllowed reports whether a host, with or without a port, is a loopback name or one
// of names. A name with a port is compared with the port.
func HostAllowed(host string, names []string) bool {
	host = strings.TrimPrefix(host, "http://")
	if loopbackName(host) {
		return true
	}
	for _, name := range names {
		if strings.EqualFold(host, name) || strings.EqualFold(strings.TrimSuffix(WithoutPort(host), "."), name) {
			return true
		}
	}
	return false
}

// loopbackName reports whether a host, with or without a port, always leads to
// this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3).
func loopbackName(host string) bool {
	name := strings.ToLower(strings.TrimSuffix(WithoutPort(host), "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && ip.IsLoopback()
}

// WithoutPort returns a host without its port.
func WithoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
