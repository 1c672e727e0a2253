package yamltext

import (
	"fmt"
	"unicode"
)

// name returns a code point as U+XXXX, with its name if the character is common.
func name(c rune) string {
	called := names()[c]
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

func names() map[rune]string {
	return map[rune]string{
		0: "null", '\a': "bell", '\b': "backspace", 0x1a: "substitute", 0x1b: "escape", 0x7f: "delete", 0x9b: "control sequence introducer",
		'\t': "tab", '\n': "line feed", '\v': "vertical tab", '\f': "form feed", '\r': "carriage return", 0x85: "next line",
		0xa0: "no-break space", 0xad: "soft hyphen", 0x34f: "combining grapheme joiner", 0x61c: "Arabic letter mark",
		0x115f: "Hangul filler", 0x1160: "Hangul filler", 0x17b4: "Khmer inherent vowel", 0x17b5: "Khmer inherent vowel", 0x180e: "Mongolian vowel separator",
		0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner",
		0x200e: "left-to-right mark", 0x200f: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator",
		0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding", 0x202c: "pop directional formatting",
		0x202d: "left-to-right override", 0x202e: "right-to-left override", 0x202f: "narrow no-break space", 0x2060: "word joiner",
		0x2061: "function application", 0x2062: "invisible times", 0x2063: "invisible separator", 0x2064: "invisible plus",
		0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "pop directional isolate",
		0x206a: "deprecated format character", 0x206b: "deprecated format character", 0x206c: "deprecated format character",
		0x206d: "deprecated format character", 0x206e: "deprecated format character", 0x206f: "deprecated format character",
		blankBraille: "blank braille pattern", 0x3000: "ideographic space", 0x3164: "Hangul filler", 0xfeff: "byte order mark", 0xffa0: "halfwidth Hangul filler",
		0xfff9: "interlinear annotation", 0xfffa: "interlinear annotation", 0xfffb: "interlinear annotation", objectReplacement: "object replacement character",
	}
}
