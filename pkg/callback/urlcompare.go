package callback

import (
	"net/netip"
	"net/url"
	"strings"
)

// SameURL reports whether two callback URLs address the same resource, as far as
// RFC 3986 (6.2.2) can decide this without asking the host. These differences do
// not count:
//
//   - the case of scheme and host, and the ASCII form of an international host
//   - an empty path
//   - the spelling of an IPv6 address
//   - percent-encoding, also of characters that must be encoded in path and query
func SameURL(a, b string) bool {
	return a == b || NormalizeURL(a) == NormalizeURL(b)
}

// EncodeURL returns a URL in which characters that are not allowed in its path and
// query are percent-encoded (RFC 3986, sections 3.3 and 3.4). A server that
// accepts a URL without this encoding most likely reads it in the same way. If the
// text contains white space or invisible characters, it is returned unchanged:
// they do not belong in a URL at all.
func EncodeURL(rawURL string) string {
	if _, place := firstUnseen(rawURL); place > 0 || len(rawURL) > maxURL {
		return rawURL
	}
	_, encoded := encodeMisplaced(rawURL)
	return encoded
}

// NormalizeURL returns the form in which URLs are compared. A text that cannot be
// parsed is returned unchanged. Use the result only to compare, not to send.
func NormalizeURL(rawURL string) string {
	if len(rawURL) > maxURL {
		return rawURL
	}
	_, encoded := encodeMisplaced(rawURL)
	u, err := url.Parse(encoded)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Opaque != "" {
		return rawURL
	}
	if u.Host[0] != '[' && strings.Contains(u.Hostname(), ":") {
		return rawURL // h::8080 has no host name before its port
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
			// RFC 6874: the % before a zone is written %25.
			return "[" + strings.Replace(ip.String(), "%", "%25", 1) + "]"
		}
		return ip.String()
	}
	name, dot := strings.CutSuffix(host, ".")
	ascii, err := asciiHost(name)
	if err != nil {
		return strings.ToLower(host)
	}
	if dot {
		ascii += "." // the name may resolve and be verified differently with it
	}
	return ascii
}

// normalizePercent writes percent-encoded octets in upper case and decodes the
// octets that do not need encoding (RFC 3986, 6.2.2.1 and 6.2.2.2). A text with an
// invalid percent-encoding is returned unchanged: decoding the characters after
// that % could make the encoding valid.
func normalizePercent(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			out.WriteByte(text[i])
			continue
		}
		if i+2 >= len(text) {
			return text
		}
		high, okHigh := unhex(text[i+1])
		low, okLow := unhex(text[i+2])
		if !okHigh || !okLow {
			return text
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
