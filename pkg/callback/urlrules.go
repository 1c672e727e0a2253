package callback

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPlainLength = 2048
	// maxURL is the greatest length of a URL in bytes. A longer text is not a URL,
	// so the content of a wrong file is not sent to the service.
	maxURL = 64 * 1024
)

// whitespace returns the first space, control or invisible character of a text,
// and its place, counted in characters from 1.
func whitespace(text string) (char rune, place int) {
	for _, c := range text {
		place++
		if c != utf8.RuneError && (unicode.IsSpace(c) || isHidden(c)) {
			return c, place
		}
	}
	return 0, 0
}

func checkWhitespace(u rawURL, _ Policy) []finding {
	if len(u.text) > maxURL {
		return nil
	}
	c, place := whitespace(u.text)
	if place == 0 {
		return nil
	}
	what := fmt.Sprintf("the invisible character %U", c)
	hint := "remove it"
	if start, _ := pathBounds(u.text); place > utf8.RuneCountInString(u.text[:start]) {
		hint = "remove it, or write " + percentEncode(string(c)) + " instead"
	}
	switch {
	case c == ' ':
		what = "a space"
	case unicode.IsSpace(c):
		what = fmt.Sprintf("white space (%U)", c)
	case unicode.IsControl(c):
		what = fmt.Sprintf("the control character %U", c)
	}
	if placeholder := placeholderHint(u.text); placeholder != "" {
		hint = placeholder
	}
	message := fmt.Sprintf("the URL has %s at character %d", what, place)
	if name := hiddenName(c); name != "" {
		message = fmt.Sprintf("the URL has %s at character %d (%s)", what, place, name)
	}
	return []finding{{message, hint}}
}

// hiddenName returns the name of a character that is often copied by mistake, or "".
func hiddenName(c rune) string {
	return map[rune]string{
		'\t': "tab", '\n': "line feed", '\r': "carriage return", 0: "null", 0x1b: "escape",
		0x85: "next line", 0xa0: "no-break space", 0xad: "soft hyphen", 0x3000: "full-width space",
		0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner", 0x2060: "word joiner", 0xfeff: "byte order mark",
		0x200e: "left-to-right mark", 0x200f: "right-to-left mark", 0x202e: "right-to-left override",
		0x2028: "line separator", 0x2029: "paragraph separator",
	}[c]
}

func checkSyntax(u rawURL, _ Policy) []finding {
	hint := "write an absolute URL such as https://hooks.example.com:8080/ses"
	var found []finding
	if !beginsWithQuote(u.text) && !beginsWithBracket(u.text) {
		found = signFinding(u.text, u.signs)
	}
	switch {
	case u.err != nil:
		if _, place := whitespace(u.text); place > 0 && len(u.text) <= maxURL && utf8.ValidString(u.text) {
			return found // the rule url-whitespace reports it
		}
		if placeholder := wholeHint(u.text); placeholder != "" && !beginsWithBracket(u.text) {
			hint = placeholder
		}
		return append(found, finding{"this is not a URL: " + u.err.Error(), hint})
	case strings.Contains(u.text, "：//"):
		return []finding{{"the URL has a full-width colon (U+FF1A) after its scheme", "write : instead"}}
	case strings.Contains(u.text, "／／"):
		return []finding{{"the URL has full-width slashes (U+FF0F) after its scheme", "write // instead"}}
	case u.parsed.Scheme == "":
		if placeholder := wholeHint(u.text); placeholder != "" && !beginsWithBracket(u.text) {
			hint = placeholder
		}
		return append(found, finding{"the URL is not absolute: it has no scheme", hint})
	case u.isHTTP() && !u.hasAuthority():
		return append(found, finding{"the URL has no // after its scheme", hint})
	}
	return found
}

func checkScheme(u rawURL, _ Policy) []finding {
	if u.parsed == nil || u.parsed.Scheme == "" || u.isHTTP() {
		return nil
	}
	// "hooks.example.com:8080/ses" parses as a URL of the scheme
	// "hooks.example.com". Its writer forgot the scheme.
	if strings.Contains(u.parsed.Scheme, ".") || u.parsed.Scheme == "localhost" {
		return []finding{{"the URL has no scheme", "write https:// before it"}}
	}
	return []finding{{"the scheme is not http or https", "use https"}}
}

// endsInNumber reports whether the last label of a name is a number. Such names
// are addresses in old spellings (127.1, 0x7f000001), which resolvers read in
// different ways.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	hex, isHex := strings.CutPrefix(last, "0x")
	return isDigits(last) || isHex && strings.Trim(hex, "0123456789abcdef") == ""
}

func checkPort(u rawURL, policy Policy) []finding {
	if !u.hasAuthority() || u.parsed.Host == "" {
		return nil
	}
	hint := "use port " + policy.portList() + "; a profile may list other ports under allowed_ports"
	port := u.parsed.Port()
	if port == "" {
		implied := "443"
		if strings.EqualFold(u.parsed.Scheme, "http") {
			implied = "80"
		}
		return []finding{{fmt.Sprintf("the URL names no port, which means %s; SES supports only %s (according to its rules; its FAQ shows a URL without a port)",
			implied, policy.portList()), hint}}
	}
	allowed := slices.ContainsFunc(policy.ports(), func(p int) bool { return strconv.Itoa(p) == port })
	if !allowed {
		if plain := strings.TrimLeft(port, "0"); plain != port && slices.ContainsFunc(policy.ports(), func(p int) bool { return strconv.Itoa(p) == plain }) {
			hint = "write the port without zeros before it: " + plain
		}
		return []finding{{fmt.Sprintf("SES does not support port %s, only %s", shorten(port), policy.portList()), hint}}
	}
	return nil
}

func checkFragment(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && strings.Contains(u.text, "#") {
		hint := "remove it; percent-encode a # that belongs to the URL as %23"
		if strings.Contains(u.text, "#{") {
			hint = placeholderHint(u.text)
		}
		return []finding{{"the URL has a fragment (#…), which is never sent", hint}}
	}
	return nil
}

func checkPrivateHost(u rawURL, policy Policy) []finding {
	if policy.PrivateHosts || !u.hasAuthority() || hostProblem(u.parsed) != "" {
		return nil
	}
	if reason := PrivateHost(u.parsed.Hostname()); reason != "" {
		return []finding{{reason + "; SES cannot reach it", "use a host that the internet can reach, or try it out with --local"}}
	}
	return nil
}

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

func checkPlainHTTP(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && strings.EqualFold(u.parsed.Scheme, "http") {
		return []finding{{"events travel unencrypted", "use https"}}
	}
	return nil
}

func checkUserinfo(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && u.parsed.User != nil {
		return []finding{{"the URL contains a user name or password; SES does not document whether it sends them", "put a token into the query instead, because sesctl masks it there"}}
	}
	return nil
}

func checkLength(u rawURL, _ Policy) []finding {
	if len(u.text) > maxPlainLength {
		return []finding{{fmt.Sprintf("the URL has %d bytes; not every server accepts more than %d", len(u.text), maxPlainLength), "shorten it"}}
	}
	return nil
}
