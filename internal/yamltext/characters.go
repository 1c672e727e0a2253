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
	if reason := Encoding(data); reason != "" {
		return []Fault{{1, 1, reason}}
	}
	var faults []Fault
	line, column := 1, 1
	var before rune
	for i := 0; i < len(data) && len(faults) < mostFaults; {
		c, size := rune(data[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(data[i:])
		}
		if c == utf8.RuneError && size == 1 {
			return append(faults, Fault{line, column, notUTF8(data, data[i])})
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
	case unicode.Is(unicode.Noncharacter_Code_Point, c):
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

const (
	blankBraille      = 0x2800
	objectReplacement = 0xfffc
)

// invisible reports whether a character has no visible shape: format characters,
// tags, variation selectors and fillers. It also reports private-use characters,
// because most fonts do not have them.
func invisible(c rune) bool {
	if c < 0xad {
		return false
	}
	if unicode.Is(unicode.Prepended_Concatenation_Mark, c) {
		return false // a format character with a shape
	}
	return c == blankBraille || c == objectReplacement || unicode.In(c, unicode.Cf, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
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
