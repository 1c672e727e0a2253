package yamltext

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lookalike names the first character of a line that looks like a sign of YAML but
// is another one, with its column and the sign to write. Editors for Chinese and word
// processors insert such characters. It returns "" if there is none before a comment.
func Lookalike(data []byte, line int) string {
	column := 0
	for _, c := range string(lineOf(data, line)) {
		column++
		if c == '#' {
			return ""
		}
		if meant := meant(c); meant != "" {
			return fmt.Sprintf("the character %s at column %d is not %s; write %s", describe(c), column, meant, meant)
		}
	}
	return ""
}

// Foreign names the first character of a key that is not ASCII, or returns "". Keys
// have ASCII letters only.
func Foreign(key string) string {
	for _, c := range key {
		switch {
		case c < utf8.RuneSelf:
		case meant(c) != "":
			return fmt.Sprintf("the character %s is not %s; write %s", describe(c), meant(c), meant(c))
		default:
			return fmt.Sprintf("the character %s is not an ASCII letter; write the key in ASCII", describe(c))
		}
	}
	return ""
}

// meant returns the ASCII sign that a character looks like, in quotes, or "".
func meant(c rune) string {
	const fullWidth = 0xfee0 // the distance of ASCII and its full-width forms
	switch {
	case c < utf8.RuneSelf:
		return ""
	case unicode.IsSpace(c):
		return "a space"
	case '！' <= c && c <= '～':
		return "'" + string(c-fullWidth) + "'"
	case strings.ContainsRune("“”„‟″", c):
		return `'"'`
	case strings.ContainsRune("‘’‚‛′", c):
		return `"'"`
	case strings.ContainsRune("‐‑‒–—−", c):
		return "'-'"
	case c == '、':
		return "','"
	}
	return ""
}

// describe returns a character for a message, if it can be seen, and its code point.
func describe(c rune) string {
	if unicode.IsPrint(c) {
		return fmt.Sprintf("%q (%U)", c, c)
	}
	return name(c)
}

// lineOf returns a line of data, which counts from 1, without its end.
func lineOf(data []byte, line int) []byte {
	if line < 1 {
		return nil
	}
	for ; line > 1; line-- {
		_, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return nil
		}
		data = rest
	}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	return bytes.TrimPrefix(first, []byte(string(byteOrder)))
}
