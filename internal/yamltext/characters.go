package yamltext

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Fault is a character that must not be in a file that people review. Line and
// Column count from 1, columns in characters; only a line feed ends a line.
type Fault struct {
	Line, Column int
	Message      string // names the code point and the next step
}

const (
	mostFaults = 1000 // the most faults that are collected from one file
	byteOrder  = '\ufeff'
)

// Check returns the characters in data that a program, an editor or a terminal may
// read differently: other line ends than a line feed, with or without a carriage
// return before it; control characters; and characters that cannot be seen or that
// reorder the text around them (Unicode Standard Annexes 9 and 14, property
// Default_Ignorable_Code_Point). Characters that join the parts of an emoji are
// allowed there. The first text that is not UTF-8 is a fault, and ends the check.
func Check(data []byte) []Fault {
	var faults []Fault
	line, column := 1, 1
	var before rune
	for i := 0; i < len(data) && len(faults) < mostFaults; {
		c, size := rune(data[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(data[i:])
		}
		if c == utf8.RuneError && size == 1 {
			return append(faults, Fault{line, column, "the file is not UTF-8"})
		}
		if (c < ' ' || c >= 0x7f) && (c != byteOrder || i > 0) {
			after, _ := utf8.DecodeRune(data[i+size:])
			if reason := judge(before, c, after); reason != "" {
				faults = append(faults, Fault{line, column, reason})
			}
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
		before = c
		i += size
	}
	return faults
}

// Plain reports whether a character is allowed everywhere in a file.
func Plain(c rune) bool { return c == '\t' || c == '\n' || judge(0, c, 0) == "" }

// judge returns what is wrong with the character c between its two neighbours, or "".
func judge(before, c, after rune) string {
	switch {
	case c == '\t', c == '\n', c == '\r' && after == '\n':
		return ""
	case isLineEnd(c):
		return fmt.Sprintf("the character %s ends a line for some programs and not for others; write a line feed, or remove it", name(c))
	case unicode.IsControl(c):
		return fmt.Sprintf("the control character %s is not allowed in the file; remove it", name(c))
	case unicode.Is(unicode.Bidi_Control, c):
		return fmt.Sprintf("the character %s changes the order in which text is shown; remove it", name(c))
	case invisible(c) && !joinsEmoji(before, c, after):
		return fmt.Sprintf("the character %s cannot be seen; remove it", name(c))
	case c == 0xfffe || c == 0xffff:
		return fmt.Sprintf("the code point %U is not a character; remove it", c)
	}
	return ""
}

// isLineEnd reports whether a program may read c as the end of a line. YAML 1.1 and
// JavaScript do so for some of these characters, the Unicode Standard (section 5.8)
// for all.
func isLineEnd(c rune) bool {
	switch c {
	case '\v', '\f', '\r', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// invisible reports whether a character has no visible shape: format characters,
// tags, variation selectors and fillers. It also reports private-use characters,
// because most fonts do not have them.
func invisible(c rune) bool {
	if c < 0xad {
		return false
	}
	const blankBraille = 0x2800
	return c == blankBraille || unicode.In(c, unicode.Cf, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

const (
	zeroWidthJoiner = 0x200d
	textStyle       = 0xfe0e // the variation selectors of emoji
	emojiStyle      = 0xfe0f
)

// joinsEmoji reports whether c, which cannot be seen, belongs to the emoji around
// it (Unicode Technical Standard 51).
func joinsEmoji(before, c, after rune) bool {
	symbol := func(c rune) bool { return unicode.In(c, unicode.So, unicode.Sk) }
	switch c {
	case textStyle, emojiStyle:
		return symbol(before)
	case zeroWidthJoiner:
		return (symbol(before) || before == emojiStyle) && symbol(after)
	}
	return false
}

// name returns a code point as U+XXXX, with its name if the character is common.
func name(c rune) string {
	names := map[rune]string{
		'\t': "tab", '\n': "line feed", '\v': "vertical tab", '\f': "form feed", '\r': "carriage return", 0x85: "next line",
		0xa0: "no-break space", 0xad: "soft hyphen", 0x34f: "combining grapheme joiner", 0x61c: "Arabic letter mark",
		0x115f: "Hangul filler", 0x1160: "Hangul filler", 0x180e: "Mongolian vowel separator",
		0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner",
		0x200e: "left-to-right mark", 0x200f: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator",
		0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding", 0x202c: "pop directional formatting",
		0x202d: "left-to-right override", 0x202e: "right-to-left override", 0x2060: "word joiner",
		0x2061: "function application", 0x2062: "invisible times", 0x2063: "invisible separator", 0x2064: "invisible plus",
		0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "pop directional isolate",
		0x3000: "ideographic space", 0x3164: "Hangul filler", 0xfeff: "byte order mark", 0xffa0: "halfwidth Hangul filler",
	}
	called := names[c]
	switch {
	case called != "":
	case 0xe0000 <= c && c <= 0xe007f:
		called = "tag character"
	case unicode.Is(unicode.Variation_Selector, c):
		called = "variation selector"
	case unicode.Is(unicode.Co, c):
		called = "private use"
	default:
		return fmt.Sprintf("%U", c)
	}
	return fmt.Sprintf("%U (%s)", c, called)
}
