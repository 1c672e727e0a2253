package callback

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// rawURL is a URL as written, and its parsed form as far as it can be parsed.
type rawURL struct {
	text      string
	misplaced []misplaced // in its path and query
	parsed    *url.URL    // of the encoded text; nil if err is set
	err       error
}

func parseRaw(text string) rawURL {
	if text == "" {
		return rawURL{err: errors.New("it is empty")}
	}
	if len(text) > maxURL {
		return rawURL{text: text, err: fmt.Errorf("it has %d bytes; the limit is %d", len(text), maxURL)}
	}
	if !utf8.ValidString(text) {
		return rawURL{text: text, err: errors.New("it is not valid UTF-8")}
	}
	found, encoded := encodeMisplaced(text)
	parsed, err := url.Parse(encoded)
	if err != nil {
		return rawURL{text: text, misplaced: found, err: errors.New(parseReason(text, err))}
	}
	return rawURL{text: text, misplaced: found, parsed: parsed}
}

// parseReason returns why a URL could not be parsed. It does not repeat the URL:
// the errors of net/url quote parts of it, and any part may be the secret.
func parseReason(text string, err error) string {
	scheme, _, hasAuthority := strings.Cut(text, "://")
	noScheme := func(r rune) bool {
		return r >= utf8.RuneSelf || !isAlphanumeric(byte(r)) && !strings.ContainsRune("+-.", r)
	}
	switch {
	case beginsWithQuote(text):
		return "it begins with a quote; write it without quotes"
	case beginsWithBracket(text):
		return "it begins with a bracket; write it without brackets"
	case hasAuthority && strings.ContainsFunc(scheme, noScheme):
		return "its scheme has a character that is not allowed in a scheme"
	case strings.Contains(err.Error(), "invalid port"):
		return portReason(text)
	}
	for _, known := range []struct{ text, reason string }{
		{"missing ']'", "the address in [ ] is not closed"},
		{"invalid IP-literal", "only an IPv6 address belongs in [ ]"},
		{"invalid userinfo", "the user name or password has a character that must be percent-encoded"},
		{"missing protocol scheme", "it has nothing before its colon"},
		{"first path segment", "it has no scheme; write https:// before it"},
	} {
		if strings.Contains(err.Error(), known.text) {
			return known.reason
		}
	}
	if !hasAuthority {
		return "it has no ://"
	}
	return authorityReason(text)
}

func hasWrongPercent(text string) bool {
	for i := range len(text) {
		if text[i] == '%' && !encodesOctet(text[i:]) {
			return true
		}
	}
	return false
}

// portReason returns why the port of a URL is not a number. It names a character only
// if that cannot be a part of a password.
func portReason(text string) string {
	const reason = "the port is not a number"
	start, end := authorityBounds(text)
	if strings.Contains(text, "@") {
		return reason
	}
	host := text[start:end]
	if last := strings.LastIndexByte(host, ':'); strings.Count(host, ":") > 1 && !strings.ContainsAny(host, "[]") && (isIPv6(host) || isIPv6(host[:last])) {
		return "an IPv6 address belongs in [ ]"
	}
	from := start + strings.LastIndexByte(host, ':') + 1
	for i, c := range text[from:end] {
		if c >= utf8.RuneSelf || !isAlphanumeric(byte(c)) {
			if like := lookalike(c); like != 0 {
				return fmt.Sprintf("%s: it has %s at character %d; write %c", reason, quoteChar(c), utf8.RuneCountInString(text[:from+i])+1, like)
			}
			return fmt.Sprintf("%s: it has %s at character %d", reason, quoteChar(c), utf8.RuneCountInString(text[:from+i])+1)
		}
	}
	return reason
}

func isIPv6(text string) bool {
	ip, err := netip.ParseAddr(text)
	return err == nil && ip.Is6()
}

// beginsWithBracket reports whether a URL is in brackets, as in a text.
func beginsWithBracket(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	const scheme = "http"
	rest := text[size:]
	return strings.ContainsRune("<([（【＜《", first) && len(rest) > len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme)
}

func beginsWithQuote(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune("\"'`“”‘’„«「《", first)
}

// authorityReason names the first character of the authority that a host cannot have.
func authorityReason(text string) string {
	start, end := authorityBounds(text)
	inside, bracketed := strings.CutPrefix(text[start:end], "[")
	inside, _, closed := strings.Cut(inside, "]")
	switch at := strings.LastIndexByte(text[start:end], '@'); {
	case at >= 0 && hasWrongPercent(text[start:start+at]):
		return "the user name or password has a character that must be percent-encoded"
	case bracketed && closed && strings.Contains(inside, "%"):
		return "its host is an address with a zone, which is valid on one machine only"
	case bracketed && closed:
		return "the text in [ ] is not an IPv6 address"
	}
	for i, c := range text[start:end] {
		if c < utf8.RuneSelf && !isAlphanumeric(byte(c)) && !strings.ContainsRune("-._~:@[]", c) {
			return fmt.Sprintf("its host has %s at character %d, which is not allowed in a host name", quoteChar(c), utf8.RuneCountInString(text[:start+i])+1)
		}
	}
	return "its host is not a host name"
}

func (u rawURL) isHTTP() bool {
	return u.parsed != nil && (strings.EqualFold(u.parsed.Scheme, "http") || strings.EqualFold(u.parsed.Scheme, "https"))
}

// hasAuthority reports whether the parts after the scheme can be checked.
func (u rawURL) hasAuthority() bool {
	return u.isHTTP() && strings.HasPrefix(u.text[len(u.parsed.Scheme):], "://")
}
