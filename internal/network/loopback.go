package network

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// IsLoopback reports whether a host is this machine, in any spelling. It accepts
// localhost and names under it (RFC 6761, 6.3), with or without the root dot. It
// accepts loopback and unspecified addresses, also mapped into IPv6. It also accepts
// the short, octal and hexadecimal forms of IPv4 that inet_aton reads, such as 127.1
// and 0x7f000001.
func IsLoopback(host string) bool {
	name := strings.TrimRight(strings.ToLower(ascii(strings.Trim(host, "[]"))), ".")
	switch name {
	case "localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback":
		return true
	}
	if strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		var ok bool
		if ip, ok = looseIPv4(name); !ok {
			return false
		}
	}
	ip = ip.Unmap()
	bytes := ip.As16()
	compatible := ip.Is6() && [12]byte(bytes[:12]) == [12]byte{} && bytes[12] == 127 // ::127.0.0.1 (RFC 4291, 2.5.5.1)
	return ip.IsLoopback() || ip.IsUnspecified() || compatible || ip.Is4() && ip.As4()[0] == 0
}

// ascii returns a host name as DNS looks it up: full-width digits and dots become
// ASCII.
func ascii(host string) string {
	if u, err := url.Parse(callback.NormalizeURL("http://" + host + "/")); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return host
}

// looseIPv4 reads an IPv4 address as inet_aton does (POSIX): one to four numbers in
// decimal, octal or hexadecimal, of which the last one fills the rest.
func looseIPv4(text string) (netip.Addr, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		if strings.ContainsAny(part, "_bBoO") && !strings.HasPrefix(part, "0x") {
			return netip.Addr{}, false // forms that only Go accepts
		}
		n, err := strconv.ParseUint(part, 0, 64)
		if err != nil || n >= 1<<bits {
			return netip.Addr{}, false
		}
		sum = sum<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}
