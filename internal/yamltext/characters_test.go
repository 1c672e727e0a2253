package yamltext_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/yamltext"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain", "a: b # c\n\tx\r\n", ""},
		{"other scripts", "# 账号的回调，不要改　Größe\n", ""},
		{"a byte order mark at the start", "\ufeffa", ""},
		{"emoji", "# ⚠\ufe0f 👩\u200d💻 👩🏽\u200d💻 ❤\ufe0f\u200d🔥\n", ""},
		{"a byte order mark further on", "a\ufeff", "1:2 U+FEFF (byte order mark) cannot be seen"},
		{"line separator", "# keep\u2028account: none", "1:7 U+2028 (line separator) ends a line"},
		{"paragraph separator", "a\nb\u2029", "2:2 U+2029 (paragraph separator) ends a line"},
		{"next line", "é\u0085", "1:2 U+0085 (next line) ends a line"},
		{"a lone carriage return", "a\rb\r\n", "1:2 U+000D (carriage return) ends a line"},
		{"two carriage returns", "a\r\r\n", "1:2 U+000D (carriage return) ends a line"},
		{"a carriage return at the end", "a\r", "1:2 U+000D (carriage return) ends a line"},
		{"vertical tab", "a\v", "1:2 U+000B (vertical tab) ends a line"},
		{"form feed", "a\f", "1:2 U+000C (form feed) ends a line"},
		{"file separator", "a\x1c", "1:2 the control character U+001C"},
		{"nul", "a\x00", "1:2 the control character U+0000"},
		{"escape", "a\x1b[31m", "1:2 the control character U+001B"},
		{"delete", "a\x7f", "1:2 the control character U+007F"},
		{"C1", "a\u0090", "1:2 the control character U+0090"},
		{"override", "a\u202eb", "1:2 U+202E (right-to-left override) changes the order"},
		{"isolate", "a\u2066b", "1:2 U+2066 (left-to-right isolate) changes the order"},
		{"mark", "a\u061cb", "1:2 U+061C (Arabic letter mark) changes the order"},
		{"zero width space", "a\u200bb", "1:2 U+200B (zero width space) cannot be seen"},
		{"joiner between letters", "a\u200db", "1:2 U+200D (zero width joiner) cannot be seen"},
		{"joiner behind a symbol alone", "⚠\u200d b", "1:2 U+200D (zero width joiner) cannot be seen"},
		{"selector behind a letter", "a\ufe0fb", "1:2 U+FE0F (variation selector) cannot be seen"},
		{"soft hyphen", "a\u00adb", "1:2 U+00AD (soft hyphen) cannot be seen"},
		{"filler", "a\u3164b", "1:2 U+3164 (Hangul filler) cannot be seen"},
		{"tag", "a\U000e0041b", "1:2 U+E0041 (tag character) cannot be seen"},
		{"tag space", "a\U000e0001", "1:2 U+E0001 (tag character) cannot be seen"},
		{"supplementary selector", "a\U000e0100b", "1:2 U+E0100 (variation selector) cannot be seen"},
		{"private use", "a\ue000b", "1:2 U+E000 (private use) cannot be seen"},
		{"blank", "a\u2800b", "1:2 U+2800 (blank braille pattern) cannot be seen"},
		{"annotation", "a\ufff9b", "1:2 U+FFF9 (interlinear annotation) cannot be seen"},
		{"no character", "a\ufffe", "1:2 the code point U+FFFE is not a character"},
		{"several", "a\u200b\nb\u202e", "1:2 U+200B (zero width space) cannot be seen|2:2 U+202E (right-to-left override) changes the order"},
		{"not UTF-8", "a\u200b\n\xff\u200b", "1:2 U+200B (zero width space) cannot be seen|2:1 the byte FF is not UTF-8; save the file as UTF-8 (it may be in an older encoding, such as GBK)"},
		{"GBK", "# \xd5\xcb\xbb\xa7", "1:3 the byte D5 is not UTF-8; save the file as UTF-8"},
		{"a surrogate", "a\xed\xa0\x80", "1:2 the byte ED is not UTF-8"},
		{"UTF-16", "\xff\xfea\x00", "1:1 the file is UTF-16, not UTF-8; save the file as UTF-8"},
		{"UTF-16, large end first", "\xfe\xff\x00a", "1:1 the file is UTF-16"},
		{"UTF-16 without a mark", "v\x00e\x00", "1:1 the file is UTF-16"},
		{"UTF-16 without a mark, large end first", "\x00v\x00e", "1:1 the file is UTF-16"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "1:1 the file is UTF-32"},
		{"gzip", "\x1f\x8b\x08", "1:1 the file is compressed with gzip"},
		{"zip", "PK\x03\x04", "1:1 the file is a zip archive"},
		{"null in the middle", "a\x00b", "1:2 the control character U+0000 (null)"},
		{"noncharacters", "\ufdd0\ufdef\U0001fffe\U0010ffff", "1:1 the code point U+FDD0 is not a character|1:2 the code point U+FDEF is not|1:3 the code point U+1FFFE|1:4 the code point U+10FFFF is not a character; remove it"},
		{"object replacement", "a\ufffc", "1:2 U+FFFC (object replacement character) cannot be seen"},
		{"a format character with a shape", "\u0600", ""},
		{"replacement character", "\ufffd", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range yamltext.Check([]byte(test.text)) {
				got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, strings.TrimPrefix(f.Message, "the character ")))
			}
			want := strings.Split(test.want, "|")
			if test.want == "" {
				want = nil
			}
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestCheckIsBounded(t *testing.T) {
	t.Parallel()
	if n := len(yamltext.Check([]byte(strings.Repeat("\x00", 1<<20)))); n != 1000 {
		t.Errorf("%d faults", n)
	}
}
