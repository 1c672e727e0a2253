package callback

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// misplaced is a character that is not allowed in the path or query of a URL.
type misplaced struct {
	char  rune
	place int // counts the characters of the URL from 1
}

// encoded returns the character percent-encoded (RFC 3986, section 2.1).
func (m misplaced) encoded() string { return percentEncode(string(m.char)) }

// encodeMisplaced returns the characters in the path and query of a URL that are not
// allowed there (RFC 3986, sections 3.3 and 3.4), and the URL with these characters
// encoded. Characters that the rule url-whitespace reports are encoded, but not
// returned.
func encodeMisplaced(text string) (found []misplaced, encoded string) {
	start, end := pathBounds(text)
	if isEncoded(text[start:end]) {
		return nil, text
	}
	var out strings.Builder
	out.WriteString(text[:start])
	if start < end && text[start] == '\\' {
		out.WriteByte('/') // the host ends here: some clients read \ as /, and the parser needs a /
	}
	place := utf8.RuneCountInString(text[:start])
	for i, c := range text[start:end] {
		place++
		switch at := start + i; {
		case allowedInPath(c) || c == '%' && encodesOctet(text[at:]):
			out.WriteRune(c)
			continue
		case c == utf8.RuneError, !unicode.IsSpace(c) && !isHidden(c):
			found = append(found, misplaced{c, place})
		}
		out.WriteString(percentEncode(string(c)))
	}
	out.WriteString(text[end:])
	return found, out.String()
}

// isEncoded reports whether a path and query contain nothing that must be encoded.
// Nearly all are of this kind.
func isEncoded(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case c == '%':
			if !encodesOctet(path[i:]) {
				return false
			}
		case i == 0 && c == '\\', !isUnreserved(c) && !allowedInPath(rune(c)):
			return false
		}
	}
	return true
}

// pathBounds returns where the path and query of a URL begin and end. Both are the
// end of the text if the URL has no authority.
func pathBounds(text string) (start, end int) {
	const separator = "://"
	scheme := strings.Index(text, separator)
	if scheme < 0 {
		return len(text), len(text)
	}
	authority := scheme + len(separator)
	length := strings.IndexAny(text[authority:], `/?#\`)
	if length < 0 {
		return len(text), len(text)
	}
	start, end = authority+length, len(text)
	if fragment := strings.IndexByte(text[start:], '#'); fragment >= 0 {
		end = start + fragment
	}
	return start, end
}

// authorityBounds returns where user, host and port of a URL begin and end. Both are the
// same place if the URL has no authority.
func authorityBounds(text string) (start, end int) {
	end, _ = pathBounds(text)
	return min(authorityStart(text[:end]), end), end
}

// allowedInPath reports whether a path or a query may contain a character unencoded:
// the unreserved characters, sub-delims and : @ / ? of RFC 3986.
func allowedInPath(c rune) bool {
	return c < utf8.RuneSelf && (isUnreserved(byte(c)) || strings.ContainsRune("!$&'()*+,;=:@/?", c))
}

// encodesOctet reports whether text begins with a percent-encoded octet. The first
// character of text is %.
func encodesOctet(text string) bool {
	if len(text) < len("%00") {
		return false
	}
	_, high := unhex(text[1])
	_, low := unhex(text[2])
	return high && low
}

func percentEncode(text string) string {
	var out strings.Builder
	for _, octet := range []byte(text) {
		fmt.Fprintf(&out, "%%%02X", octet)
	}
	return out.String()
}

// misplacedFinding returns the finding that a URL contains characters that are not
// allowed, or none.
func misplacedFinding(text string, found []misplaced) []finding {
	if len(found) == 0 {
		return nil
	}
	first := found[0]
	message := fmt.Sprintf("the URL has %s at character %d, which is not allowed there", quoteChar(first.char), first.place)
	if more := len(found) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	if hint := placeholderHint(text); hint != "" {
		return []finding{{message + ": a placeholder was not replaced", hint}}
	}
	hint := "remove it, or write " + first.encoded() + " instead"
	switch like := lookalike(first.char); {
	case first.char == '\\':
		hint = "write / instead, or " + first.encoded() + " if a backslash is meant"
	case like != 0:
		hint += "; if " + string(like) + " is meant, write " + string(like)
	}
	return []finding{{message, hint}}
}
