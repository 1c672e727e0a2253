package callback

import (
	"net"
	"net/netip"
	"strings"
)

// PrivateHost returns why the internet cannot reach a host, or "" if there is no
// known reason. It does not look up the name.
func PrivateHost(host string) string {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if ascii, err := asciiHost(name); err == nil {
		name = ascii
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		if kind := privateAddress(ip); kind == "unspecified" {
			return "the host is an unspecified address"
		} else if kind != "" {
			return "the host is a " + kind + " address"
		}
		return ""
	}
	if !strings.Contains(name, ".") {
		return "the host name has no dot, so it is valid in a local network only"
	}
	for _, suffix := range []string{"localhost", "local", "internal", "test", "invalid", "localdomain", "home.arpa"} {
		if strings.HasSuffix(name, "."+suffix) {
			return "host names under ." + suffix + " mean something in a local network only"
		}
	}
	return ""
}

// LoopbackHost reports whether a host is the local machine: a loopback address, or
// localhost in any case, with or without a dot at its end.
func LoopbackHost(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// privateAddress returns the kind of an address that the internet does not route,
// or "" for any other address (RFC 6890).
func privateAddress(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	shared := netip.MustParsePrefix("100.64.0.0/10")    // RFC 6598
	thisNet := netip.MustParsePrefix("0.0.0.0/8")       // RFC 791
	reserved := netip.MustParsePrefix("240.0.0.0/4")    // RFC 1112, and broadcast
	siteLocal := netip.MustParsePrefix("fec0::/10")     // RFC 3879
	translated := netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: IPv4 in IPv6
	compatible := netip.MustParsePrefix("::/96")        // RFC 4291, 2.5.5.1: the same, deprecated
	switch {
	case ip.IsLoopback():
		return "loopback"
	case ip.IsPrivate(), siteLocal.Contains(ip):
		return "private"
	case shared.Contains(ip):
		return "shared"
	case ip.IsLinkLocalUnicast():
		return "link-local"
	case ip.IsUnspecified(), thisNet.Contains(ip):
		return "unspecified"
	case ip.IsMulticast():
		return "multicast"
	case reserved.Contains(ip):
		return "reserved"
	case translated.Contains(ip), compatible.Contains(ip):
		bytes := ip.As16()
		return privateAddress(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	return ""
}

// PublicIP reports whether the internet can reach an address.
func PublicIP(ip net.IP) bool {
	addr, ok := netip.AddrFromSlice(ip)
	return ok && privateAddress(addr) == ""
}
