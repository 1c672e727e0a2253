package yamltext

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escapes returns the escapes in a text in double quotes that hide what it means from
// a reviewer: escapes of ASCII letters and digits, and a \ that joins two lines. With
// all set, it also returns escapes of characters that [Check] refuses. Text begins at
// the opening quote, which is at the line 1 and the column 1 of the result. Programs
// that write JSON escape other characters, so other escapes are allowed.
func Escapes(text []byte, all bool) []Fault {
	var faults []Fault
	line, column := 1, 2
	var before rune
	for i := 1; i < len(text) && text[i] != '"'; {
		c, size := utf8.DecodeRune(text[i:])
		width := 1
		if c == '\\' {
			c, size = escaped(text[i:])
			if reason := escapeReason(before, c, string(text[i:i+size]), all); reason != "" {
				faults = append(faults, Fault{line, column, reason})
			}
			width = size
		}
		before = c
		column += width
		if text[i+size-1] == '\n' {
			line, column = line+1, 1
		}
		i += size
	}
	return faults
}

func escapeReason(before, c rune, escape string, all bool) string {
	switch {
	case strings.HasSuffix(escape, "\n"):
		return "a \\ at the end of a line joins it with the next; write the text on one line"
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return fmt.Sprintf("the escape %s means %s; write the character itself", escape, strconv.Quote(string(c)))
	case !all:
		return ""
	case c == '\t' || c == '\n' || c == '\r':
		return fmt.Sprintf("the escape %s means the control character %s; remove it", escape, name(c))
	}
	if reason := judge(before, c, 0); reason != "" {
		return fmt.Sprintf("the escape %s: %s", escape, reason)
	}
	return ""
}

// escaped returns the character that an escape means, and the length of the escape. Text
// begins with the escape.
func escaped(text []byte) (c rune, size int) {
	digits := 0
	switch {
	case len(text) < 2:
		return utf8.RuneError, len(text)
	case text[1] == 'x':
		digits = 2
	case text[1] == 'u':
		digits = 4
	case text[1] == 'U':
		digits = 8
	case bytes.HasPrefix(text[1:], []byte("\r\n")):
		return '\n', len("\\\r\n")
	default:
		c, size = utf8.DecodeRune(text[1:])
		if short, found := shortEscapes()[c]; found {
			c = short
		}
		return c, 1 + size
	}
	size = min(2+digits, len(text))
	number, err := strconv.ParseUint(string(text[2:size]), 16, 32)
	if err != nil {
		return utf8.RuneError, size
	}
	return rune(number), size
}

func shortEscapes() map[rune]rune {
	return map[rune]rune{
		'0': 0, 'a': '\a', 'b': '\b', 't': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', 'e': 0x1b,
		'N': 0x85, '_': 0xa0, 'L': 0x2028, 'P': 0x2029,
	}
}
