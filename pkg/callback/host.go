package callback

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// A host name has at most 253 bytes in its ASCII form (RFC 1035, 2.3.4, without
// the length octets). Its Unicode form has at most four bytes for each of them.
// The limit matters: encoding takes time that grows with the square of the length.
const (
	maxHost      = 253
	maxHostInput = 4 * maxHost
	maxLabel     = 63 // bytes (RFC 1035, 2.3.4)
)

// isPlainHost reports whether a host name has only ASCII letters, digits and
// hyphens. Its form for comparison is then simply its lower case. A label with two
// hyphens may be an encoded label (RFC 5890, 2.3.1) and is left to package idna.
func isPlainHost(host string) bool {
	if len(host) > maxHost {
		return false
	}
	start := 0
	for i := 0; i <= len(host); i++ {
		if i < len(host) && host[i] != '.' {
			if !isAlphanumeric(host[i]) && (host[i] != '-' || host[i-min(i, 1)] == '-') {
				return false
			}
			continue
		}
		label := host[start:i]
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		start = i + 1
	}
	return true
}

// asciiHost converts a host name to lower-case ASCII, the form in which host names
// are compared (RFC 5891, as profiled by UTS #46 for lookup).
func asciiHost(host string) (string, error) {
	if isPlainHost(host) {
		return strings.ToLower(host), nil
	}
	if len(host) > maxHostInput {
		return "", fmt.Errorf("it has more than %d bytes", maxHost)
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", errors.New(hostReason(host))
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" {
			return "", errors.New("it has an empty label")
		}
		if len(label) > maxLabel {
			return "", fmt.Errorf("it has a label of more than %d bytes", maxLabel)
		}
	}
	if len(ascii) > maxHost {
		return "", fmt.Errorf("it has more than %d bytes", maxHost)
	}
	return ascii, nil
}

// hostReason returns why a text is not a host name, in words for readers who do
// not know the standards of international names.
func hostReason(host string) string {
	for _, c := range host {
		switch {
		case c == '_':
			return `it has "_", which is not allowed in a host name; write - instead`
		case c < utf8.RuneSelf && !isAlphanumeric(byte(c)) && c != '-' && c != '.', unicode.IsSpace(c):
			return "it has " + quoteChar(c) + ", which is not allowed in a host name"
		}
	}
	for label := range strings.SplitSeq(host, ".") {
		switch {
		case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
			return "a part of it begins or ends with a hyphen"
		case len(label) > 3 && strings.EqualFold(label[:4], "xn--"):
			return "a part that begins with xn-- is not an encoded name"
		case len(label) > 3 && label[2:4] == "--":
			return "a part of it has two hyphens at its third character"
		}
		for _, c := range label {
			if c >= utf8.RuneSelf && !allowedInHost(c) {
				return notInHost(c)
			}
		}
	}
	return "it is not a name that can be registered"
}

func notInHost(c rune) string {
	return fmt.Sprintf("it has %s (%U), which is not allowed in a host name", quoteChar(c), c)
}

// allowedInHost reports whether an international host name may have a character that is
// not ASCII.
func allowedInHost(c rune) bool {
	_, err := idna.Lookup.ToASCII(string(c))
	return err == nil
}

// endsInNumber reports whether the last label of a name is a number. Such names
// are addresses in old spellings (127.1, 0x7f000001), which resolvers read in
// different ways.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	hex, isHex := strings.CutPrefix(last, "0x")
	return isDigits(last) || isHex && strings.Trim(hex, "0123456789abcdef") == ""
}
