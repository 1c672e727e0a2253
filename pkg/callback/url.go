package callback

import (
	"net/netip"
	"net/url"
	"strings"
)

// SameURL reports whether two callback URLs address the same thing, as far as
// RFC 3986 (6.2.2) allows to tell without asking the host: the case of scheme
// and host, the ASCII form of an international host, an empty path, the
// spelling of an IPv6 address, and percent-encoding do not count.
func SameURL(a, b string) bool {
	return a == b || NormalizeURL(a) == NormalizeURL(b)
}

// NormalizeURL returns the form in which URLs are compared. What cannot be
// parsed is returned as it is. The result is for comparing, not for sending.
func NormalizeURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return rawURL
	}
	var out strings.Builder
	out.WriteString(strings.ToLower(u.Scheme) + "://")
	if u.User != nil {
		out.WriteString(u.User.String() + "@")
	}
	out.WriteString(normalizeHost(u.Hostname()))
	if port := u.Port(); port != "" {
		out.WriteString(":" + port)
	}
	path := normalizePercent(u.EscapedPath())
	if path == "" {
		path = "/"
	}
	out.WriteString(path)
	if u.RawQuery != "" || u.ForceQuery {
		out.WriteString("?" + normalizePercent(u.RawQuery))
	}
	if u.Fragment != "" {
		out.WriteString("#" + normalizePercent(u.EscapedFragment()))
	}
	return out.String()
}

func normalizeHost(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.String() + "]"
		}
		return ip.String()
	}
	if ascii, err := asciiHost(host); err == nil {
		return ascii
	}
	return strings.ToLower(host)
}

// normalizePercent writes percent-encoded octets in upper case and decodes
// those that need no encoding (RFC 3986, 6.2.2.1 and 6.2.2.2).
func normalizePercent(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+2 >= len(text) {
			out.WriteByte(text[i])
			continue
		}
		high, okHigh := unhex(text[i+1])
		low, okLow := unhex(text[i+2])
		if !okHigh || !okLow {
			out.WriteByte(text[i])
			continue
		}
		if octet := high<<4 | low; isUnreserved(octet) {
			out.WriteByte(octet)
		} else {
			out.WriteString("%" + strings.ToUpper(text[i+1:i+3]))
		}
		i += 2
	}
	return out.String()
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
