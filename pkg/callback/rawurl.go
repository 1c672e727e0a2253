package callback

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// rawURL is a URL as written, and its parsed form as far as it can be parsed.
type rawURL struct {
	text   string
	signs  []sign   // what must be encoded in its path and query
	parsed *url.URL // of the text with signs encoded; nil if err is set
	err    error
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
	misplaced, encoded := signs(text)
	parsed, err := url.Parse(encoded)
	if err != nil {
		return rawURL{text: text, signs: misplaced, err: errors.New(parseReason(text, err))}
	}
	return rawURL{text: text, signs: misplaced, parsed: parsed}
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
	case hasAuthority && strings.ContainsFunc(scheme, noScheme):
		return "its scheme has a character that is not allowed in a scheme"
	}
	for _, known := range []struct{ text, reason string }{
		{"invalid port", "the port is not a number"},
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
	return hostSign(text)
}

func beginsWithQuote(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune("\"'`“”‘’„«「《", first)
}

// hostSign names the first character of the authority that a host cannot have.
func hostSign(text string) string {
	start := strings.Index(text, "://") + len("://")
	end, _ := pathBounds(text)
	for i, c := range text[start:end] {
		if c < utf8.RuneSelf && !isAlphanumeric(byte(c)) && !strings.ContainsRune("-._~:@[]", c) {
			return fmt.Sprintf("its host has %s at character %d, which is not allowed in a host name", quoteSign(c), utf8.RuneCountInString(text[:start+i])+1)
		}
	}
	return "its host is not a host name"
}

func (u rawURL) isHTTP() bool {
	return u.parsed != nil && (strings.EqualFold(u.parsed.Scheme, "http") || strings.EqualFold(u.parsed.Scheme, "https"))
}

// hasAuthority reports whether the parts after the scheme can be checked.
func (u rawURL) hasAuthority() bool { return u.isHTTP() && u.parsed.Opaque == "" }
