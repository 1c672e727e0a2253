package yamltext_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/yamltext"
)

func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want, all string }{
		{`""`, "", ""},
		{`"a\\n\"b\/"`, "", ""},
		{`"\u0026\u003c=\u003E\u0027"`, "", ""},
		{`"\u503c \U0001f600"`, "", ""},
		{`"\u26a0\ufe0f"`, "", ""},
		{`"acc\u006funt"`, `1:5 the escape \u006f means "o"; write the character itself`, ""},
		{`"n\x6fn\U00000065"`, `1:3 the escape \x6f means "o"|1:8 the escape \U00000065 means "e"`, ""},
		{`"8\u0030"`, `1:3 the escape \u0030 means "0"`, ""},
		{"\"a\\\n  b\"", `1:3 a \ at the end of a line joins it with the next`, ""},
		{"\"a\\\r\n  b\"", `1:3 a \ at the end of a line joins it with the next`, ""},
		{"\"a\n \\x61\"", `2:2 the escape \x61 means "a"`, ""},
		{`"\N"`, "", `1:2 the escape \N: the character U+0085 (next line) ends a line`},
		{`"\L\P"`, "", `1:2 the escape \L: the character U+2028 (line separator)|1:4 the escape \P: the character U+2029`},
		{`"\x85\u2028"`, "", `1:2 the escape \x85: the character U+0085|1:6 the escape \u2028: the character U+2028`},
		{`"\0\e\a"`, "", `1:2 the escape \0: the control character U+0000 (null)|1:4 the escape \e: the control character U+001B (escape)|1:6 the escape \a: the control character U+0007 (bell)`},
		{`"a\nb\t\r"`, "", `1:3 the escape \n means the control character U+000A (line feed)|1:6 the escape \t means the control character U+0009 (tab)|1:8 the escape \r means the control character U+000D`},
		{`"é\u200b"`, "", `1:3 the escape \u200b: the character U+200B (zero width space) cannot be seen; remove it`},
		{`"\u202e"`, "", `1:2 the escape \u202e: the character U+202E (right-to-left override) changes the order`},
		{`"\U000e0041"`, "", `1:2 the escape \U000e0041: the character U+E0041 (tag character)`},
		{`"\`, "", ""}, {`"\u26a`, "", ""}, {`"\uzzzz"`, "", ""}, {`"`, "", ""}, {"", "", ""},
	} {
		all := test.want
		if test.all != "" {
			all = test.all
		}
		for _, one := range []struct {
			all  bool
			want string
		}{{false, test.want}, {true, all}} {
			var got []string
			for _, f := range yamltext.Escapes([]byte(test.text), one.all) {
				got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
			}
			want := strings.Split(one.want, "|")
			if one.want == "" {
				want = nil
			}
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("%s (all: %t)\ngot  %q\nwant %q", test.text, one.all, got, want)
			}
		}
	}
}

func TestLookalike(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\nb：none":       "the character '：' (U+FF1A) at column 2 is not ':'; write ':'",
		"\ufeffx\nb：none": "the character '：' (U+FF1A) at column 2 is not ':'; write ':'",
		"a\n\u00a0b: c":   "the character U+00A0 (no-break space) at column 1 is not a space; write a space",
		"a\n\u3000b: c":   "the character U+3000 (ideographic space) at column 1 is not a space; write a space",
		"a\n\u2003b: c":   "the character U+2003 at column 1 is not a space; write a space",
		"a\n[b，c]":        "the character '，' (U+FF0C) at column 3 is not ','; write ','",
		"a\nb: “c”":       `the character '“' (U+201C) at column 4 is not '"'; write '"'`,
		"a\nb: ‘c’":       `the character '‘' (U+2018) at column 4 is not "'"; write "'"`,
		"a\n– b":          "the character '–' (U+2013) at column 1 is not '-'; write '-'",
		"a\nb: c # 注：x":   "",
		"a\nb: 值":         "",
		"a":               "",
	} {
		if got := yamltext.Lookalike([]byte(text), 2); got != want {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
	for key, want := range map[string]string{
		"account":  "",
		"ａccount":  "the character 'ａ' (U+FF41) is not 'a'; write 'a'",
		"аccount":  "the character 'а' (U+0430) is not an ASCII letter; write the key in ASCII",
		"account　": "the character U+3000 (ideographic space) is not a space; write a space",
	} {
		if got := yamltext.Foreign(key); got != want {
			t.Errorf("%q: %q; want %q", key, got, want)
		}
	}
}
