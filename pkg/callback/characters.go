package callback

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isAlphanumeric reports whether a character is an ASCII letter or digit.
func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// isUnreserved reports whether a URL never needs to encode a character (RFC 3986, 2.3).
func isUnreserved(c byte) bool {
	return isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

// unhex returns the value of a hexadecimal digit.
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

// isHidden reports whether a character cannot be seen, or changes how the text
// around it is shown. Such a character does not belong in an address or a URL.
func isHidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	const blankBraille = 0x2800
	return unicode.IsControl(r) || r == blankBraille || r == utf8.RuneError ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
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

// firstUnseen returns the first space, control or invisible character of a text,
// and its place, counted in characters from 1.
func firstUnseen(text string) (char rune, place int) {
	for _, c := range text {
		place++
		if c != utf8.RuneError && (unicode.IsSpace(c) || isHidden(c)) {
			return c, place
		}
	}
	return 0, 0
}

// lookalike returns the ASCII character of a full-width form, which editors for Chinese
// insert, or 0.
func lookalike(c rune) rune {
	const fullWidth = 0xfee0 // the distance of ASCII and its full-width forms
	if '！' <= c && c <= '～' {
		return c - fullWidth
	}
	return 0
}

// quoteChar returns one character in quotes that differ from the character, or its
// code point if it cannot be printed.
func quoteChar(c rune) string {
	switch {
	case c == '"':
		return `'"'`
	case !unicode.IsPrint(c):
		return fmt.Sprintf("%U", c)
	}
	return `"` + string(c) + `"`
}
