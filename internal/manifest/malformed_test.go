package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

func TestMalformed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content, want string }{
		{"nothing", "", "1:1: the file declares nothing; it begins with: version: 1"},
		{"comments", "# s3cret\n", "1:1: the file declares nothing; it begins with: version: 1"},
		{"a marker", "---\n", "2:1: the file declares nothing; it begins with: version: 1"},
		{"text", "s3cret", "1:1: the file holds text, but a declaration is a mapping that begins with: version: 1"},
		{"a list", "- s3cret\n", "1:1: the file holds a list, but a declaration is a mapping that begins with: version: 1"},
		{"no version", "account: none", "1:1: the key version is missing"},
		{"another version", "version: 2", "1:10: the version is not 1, the only version that this sesctl reads"},
		{"version as text", "version: '1'", "1:10: version is text, but must be the number 1"},
		{"version as fraction", "version: 1.0", "1:10: version is a number, but must be the number 1"},
		{"version as list", "version: [1]", "1:10: version is a list, but must be the number 1"},
		{"misspelt key", "version: 1\nacount: none", `2:1: unknown key "acount"; did you mean account?`},
		{"key in capitals", "version: 1\nSender: {}", `2:1: unknown key "Sender"; did you mean senders?`},
		{"unknown key", "version: 1\ncallbacks: s3cret", `2:1: unknown key "callbacks"; it is one of version, unmanaged, profiles, account or senders`},
		{"unknown long key", "version: 1\n" + strings.Repeat("k", 900) + ": s3cret", `2:1: unknown key "` + strings.Repeat("k", 300) + `…"; it is one of version, unmanaged, profiles, account or senders`},
		{"sender at the top", "version: 1\nnews@x.example: s3cret", `2:1: unknown key "news@x.example"; sender addresses belong under senders`},
		{"URL as key", "version: 1\nhttps://h.example/?t=s3cret: none", `2:1: unknown key "https://h.example/?t=***"; it is one of version, unmanaged, profiles, account or senders`},
		{"key with controls", "version: 1\n\"a\\e[31m\": none", `2:3: the escape \e: the control character U+001B (escape) is not allowed in the file; remove it`},
		{"key that is a list", "version: 1\n? [a]\n: s3cret", "2:3: a key is a list, but must be one of version, unmanaged, profiles, account or senders"},
		{"duplicate key", "version: 1\naccount: none\naccount: s3cret", `3:1: the key "account" is already at a.yaml:2:1`},
		{"duplicate unknown key", "version: 1\nx: 1\nx: 2", "2:1: unknown key \"x\"; it is one of version, unmanaged, profiles, account or senders\na.yaml:3:1: the key \"x\" is already at a.yaml:2:1"},
		{"account empty", "version: 1\naccount:", "2:9: the callback of account is left empty, but must be a URL or none"},
		{"account null", "version: 1\naccount: ~", "2:10: the callback of account is left empty, but must be a URL or none"},
		{"account a number", "version: 1\naccount: 8080", "2:10: the callback of account is a number, but must be a URL or none"},
		{"account a truth", "version: 1\naccount: false", "2:10: the callback of account is true or false, but must be a URL or none"},
		{"account a date", "version: 1\naccount: 2025-03-01", "2:10: the callback of account is a date, but must be a URL or none"},
		{"account a mapping", "version: 1\naccount: {url: s3cret}", "2:10: the callback of account is a mapping, but must be a URL or none"},
		{"account a list", "version: 1\naccount: [s3cret]", "2:10: the callback of account is a list, but must be a URL or none"},
		{"account empty text", "version: 1\naccount: ''", "2:10: the callback of account is empty, but must be a URL or none"},
		{"senders a list", "version: 1\nsenders: [s3cret]", "2:10: senders is a list, but must be a mapping of sender addresses to URLs"},
		{"senders empty", "version: 1\nsenders:", "2:9: senders is left empty, but must be a mapping of sender addresses to URLs"},
		{"sender empty", "version: 1\nsenders:\n  a@x.example:", `3:15: the callback of "a@x.example" is left empty, but must be a URL or none`},
		{"sender a number", "version: 1\nsenders:\n  5: none", "3:3: a key under senders is a number, but must be a sender address"},
		{"sender a list", "version: 1\nsenders:\n  ? [a]\n  : none", "3:5: a key under senders is a list, but must be a sender address"},
		{"sender a URL", "version: 1\nsenders:\n  https://h.example/?t=s3cret: none", "3:3: a key under senders is a URL, but must be a sender address"},
		{"sender with a variable", "version: 1\nsenders:\n  ${TOKEN}@x.example: none", "3:3: variables are allowed only in URLs; write the address itself"},
		{"profiles text", "version: 1\nprofiles: prod", "2:11: profiles is text, but must be a list of names, or a mapping from each name to its callbacks"},
		{"profiles empty", "version: 1\nprofiles: []", "2:11: profiles is an empty list; remove it, or name a profile"},
		{"profile a number", "version: 1\nprofiles: [1]", "2:12: a profile is a number, but must be a name"},
		{"profile empty", "version: 1\nprofiles: ['']", "2:12: a profile has an empty name"},
		{"profile twice", "version: 1\nprofiles: [a, b, a]", `2:18: the profile "a" is named twice`},
		{"profiles an empty mapping", "version: 1\nprofiles: {}", "2:11: profiles is an empty mapping; remove it, or name a profile"},
		{"profile left empty", "version: 1\nprofiles: {a: }", `2:15: the profile "a" is left empty, but must be a mapping with account and senders, or {}`},
		{"profile a URL", "version: 1\nprofiles: {a: s3cret}", `2:15: the profile "a" is text, but must be a mapping with account and senders, or {}`},
		{"profile key a list", "version: 1\nprofiles: {[a]: {}}", "2:12: a key under profiles must be the name of a profile"},
		{"profile key empty", "version: 1\nprofiles: {'': {}}", "2:12: a key under profiles must be the name of a profile"},
		{"profile key twice", "version: 1\nprofiles: {a: {}, a: {}}", `2:19: the profile "a" is named twice`},
		{"unknown key in a profile", "version: 1\nprofiles: {a: {version: 1}}", `2:16: unknown key "version"; it is one of account or senders`},
		{"misspelt key in a profile", "version: 1\nprofiles: {a: {sender: {}}}", `2:16: unknown key "sender"; did you mean senders?`},
		{"unmanaged", "version: 1\nunmanaged: s3cret", "2:12: unmanaged must be report, fail or keep"},
		{"unmanaged a list", "version: 1\nunmanaged: [report]", "2:12: unmanaged must be report, fail or keep"},
		{"variable not set", "version: 1\naccount: https://h.example/?t=${MISSING}", `2:10: the callback of account: the environment variable "MISSING" is not set`},
		{"variable empty", "version: 1\naccount: https://h.example/?t=${EMPTY}", `2:10: the callback of account: the environment variable "EMPTY" is set, but empty`},
		{"variable not closed", "version: 1\naccount: https://h.example/?t=${s3cret", "2:10: the callback of account: ${ has no }; write $${ for a literal ${"},
		{"variable without a name", "version: 1\naccount: https://h.example/?t=${s3cret!}", "2:10: the callback of account: the text between ${ and } is not the name of a variable; write $${ for a literal ${"},
		{"anchor", "version: 1\naccount: &s3cret none", "2:10: anchors are not supported; write the value in each place"},
		{"alias", "version: 1\naccount: &a s3cret\nsenders: {a@x.example: *a}", "2:10: anchors are not supported; write the value in each place\na.yaml:3:24: aliases are not supported; write the value itself"},
		{"unknown alias", "version: 1\naccount: *s3cret", "2:10: aliases are not supported; write the value itself"},
		{"merge key", "version: 1\n<<: {account: s3cret}", "2:1: merge keys are not supported; write the keys themselves"},
		{"tag", "version: 1\naccount: !!str 5", "2:10: tags are not supported; write the value without it"},
		{"own tag", "version: !one 1", "1:10: tags are not supported; write the value without it"},
		{"two documents", "version: 1\n---\nversion: 1\n", "2:1: a second document begins here; a file may hold only one"},
		{"a broken second document", "version: 1\n---\n[", "4:1: not valid YAML: a value is missing"},
		{"not YAML", "version: 1\naccount: [s3cret", "3:1: not valid YAML: a list in [ ] is not complete: a comma or ] is missing"},
		{"colon in a value", "version: 1\naccount: s3cret: s3cret", "2:16: not valid YAML: there is a key with a colon instead of a value; put a value with a colon and a space in quotes, and check the indentation"},
		{"tab", "version: 1\nsenders:\n\ta@x.example: s3cret", "3:1: not valid YAML: a line begins with a tab; indent with spaces"},
		{"a sign of its own", "version: 1\naccount: @s3cret", "2:10: not valid YAML: a value cannot begin with '@'; put the value in quotes"},
		{"a percent sign", "version: 1\naccount: %s3cret", `2:10: not valid YAML: a value cannot begin with '%'; put the value in quotes`},
		{"another YAML", "%YAML 2.0\n---\nversion: 1", "1:1: not valid YAML: the version of %YAML is neither 1.1 nor 1.2"},
		{"$schema as a list", "$schema: [s3cret]\nversion: 1", "1:10: $schema is a list, but must be the address of a JSON Schema"},
		{"cut JSON", `{"version": 1, "account": "s3cret`, "1:27: not valid YAML: a quote is not closed"},
		{"not UTF-8", "version: 1\naccount: é\xff", "2:11: the byte FF is not UTF-8; save the file as UTF-8 (it may be in an older encoding, such as GBK)"},
		{"UTF-16", "\xff\xfev\x00", "1:1: the file is UTF-16, not UTF-8; save the file as UTF-8"},
		{"a line separator in a comment", "version: 1\n# keep the account\u2028account: none\n", "2:19: the character U+2028 (line separator) ends a line for some programs and not for others; write a line feed, or remove it"},
		{"a next line in quotes", "version: 1\naccount: \"none\u0085\"\n", "2:15: the character U+0085 (next line) ends a line for some programs and not for others; write a line feed, or remove it"},
		{"a lone carriage return", "version: 1\n# keep\raccount: none\n", "2:7: the character U+000D (carriage return) ends a line for some programs and not for others; write a line feed, or remove it"},
		{"an override", "version: 1\nsenders: {\"\u202ea@x.example\": none}\n", "2:12: the character U+202E (right-to-left override) changes the order in which text is shown; remove it"},
		{"hidden characters", "version: 1 # \u200b\naccount: no\U000e0061ne\n", "1:14: the character U+200B (zero width space) cannot be seen; remove it\na.yaml:2:12: the character U+E0061 (tag character) cannot be seen; remove it"},
		{"nul", "version: 1\naccount: \x00", "2:10: the control character U+0000 (null) is not allowed in the file; remove it"},
		{"an escaped key", "version: 1\n\"acc\\u006funt\": none", `2:5: the escape \u006f means "o"; write the character itself`},
		{"an escaped value", "version: 1\naccount: \"\\x6eone\"", `2:11: the escape \x6e means "n"; write the character itself`},
		{"an escaped value in JSON", `{"version": 1, "account": "n\u006fne"}`, `1:29: the escape \u006f means "o"; write the character itself`},
		{"a joined line", "version: 1\naccount: \"no\\\n  ne\"", `2:13: a \ at the end of a line joins it with the next; write the text on one line`},
		{"an escape in a display name", "version: 1\nsenders:\n  \"A\\u202e <a@x.example>\": none", `3:5: the escape \u202e: the character U+202E (right-to-left override) changes the order in which text is shown; remove it`},
		{"an escaped line end in a display name", "version: 1\nsenders:\n  \"A\\n <a@x.example>\": none", `3:5: the escape \n means the control character U+000A (line feed); remove it`},
		{"an escape in the name of a profile", "version: 1\nprofiles: [\"a\\u200b\"]", `2:14: the escape \u200b: the character U+200B (zero width space) cannot be seen; remove it`},
		{"behind two halves", `{"version": 1, "senders": {"\ud83d\ude00 <a@x.example>": 5}}`, `1:58: the callback of "😀 <a@x.example>" is a number, but must be a URL or none`},
		{"behind two halves and a mark", "\ufeff" + `{"version": 1, "senders": {"\ud83d\ude00 <a@x.example>": 5}}`, `1:58: the callback of "😀 <a@x.example>" is a number, but must be a URL or none`},
		{"a tag without a name", "version: 1\naccount: ! none", "2:10: tags are not supported; write the value without it"},
		{"a full-width colon", "version: 1\naccount：none", "2:1: not valid YAML: the character '：' (U+FF1A) at column 8 is not ':'; write ':'"},
		{"a no-break space", "version: 1\naccount:\u00a0none\n", "2:1: not valid YAML: the character U+00A0 (no-break space) at column 9 is not a space; write a space"},
		{"a key without a colon", "version: 1\naccount none\n", "2:1: not valid YAML: a key has no colon after it; write KEY: VALUE"},
		{"a quote that is not closed", "version: 1\naccount: 'none\nsenders: {}\n", "2:10: not valid YAML: a quote is not closed"},
		{"a homoglyph", "version: 1\n\u0430ccount: none", "2:1: unknown key \"\u0430ccount\"; the character '\u0430' (U+0430) is not an ASCII letter; write the key in ASCII"},
		{"a full-width key", "version: 1\nａccount: none", `2:1: unknown key "ａccount"; the character 'ａ' (U+FF41) is not 'a'; write 'a'`},
		{"an ideographic indent", "version: 1\nsenders: {}\n\u3000a@x.example: none", "3:1: unknown key \"\u3000a@x.example\"; the character U+3000 (ideographic space) is not a space; write a space"},
		{"a comment of JavaScript", "{\"version\": 1, // s3cret\n\"account\": \"none\"}", "1:16: a comment begins with #, not with // or /*"},
		{"no space behind a colon", "{version: 1, account:none}", `1:14: unknown key "account:none"; write a space after the colon`},
		{"version in hex", "version: 0x1", "1:10: version must be written as 1"},
		{"C1 control", "version: \u0080", "1:10: the control character U+0080 is not allowed in the file; remove it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, test.content)
			if want := "a.yaml:" + test.want; err == nil || err.Error() != want {
				t.Errorf("got:\n%v\nwant:\n%s", err, want)
			}
			if failure.KindOf(err) != failure.Usage {
				t.Errorf("kind %s", failure.KindOf(err))
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Error("a value is in the message")
			}
		})
	}
}

// TestAllErrorsAtOnce uses one mistake of each kind.
func TestAllErrorsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "version: 3\naccount: 5\nsendres: {}\nsenders:\n  nobody: none\n  a@x.example: ${A}${B}\nprofiles: {}")
	var all Errors
	if !errors.As(err, &all) || len(all) != 6 {
		t.Errorf("%d errors:\n%v", len(all), err)
	}
}

func TestManyErrors(t *testing.T) {
	t.Parallel()
	var content strings.Builder
	content.WriteString("version: 1\nsenders:\n")
	for i := range 5000 {
		fmt.Fprintf(&content, "  s%d@x.example: 5\n", i)
	}
	_, err := parse(t, content.String())
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != 21 || lines[20] != "and 980 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestHugeAndHostile(t *testing.T) {
	t.Parallel()
	const depth = "values are nested too deep"
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'z'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+",", 9) + "]\n"
	}
	for name, test := range map[string]struct{ content, want string }{
		"50 MB":              {strings.Repeat("#", 50<<20), "more than 16 MiB"},
		"a billion laughs":   {bomb, "anchors are not supported"},
		"deep lists":         {strings.Repeat("[", 1<<20), depth},
		"deep mappings":      {strings.Repeat("{a: ", 1<<20), depth},
		"deep blocks":        {strings.Repeat("- ", 1<<20), depth},
		"deep keys":          {strings.Repeat("? ", 1<<20), depth},
		"a million lines":    {strings.Repeat("- a\n", 1<<20), "more than 500000 lines and commas"},
		"a million pairs":    {"{" + strings.Repeat("a: b, ", 1<<20) + "}", "more than 500000 lines and commas"},
		"an endless text":    {"version: 1\naccount: \"" + strings.Repeat("x", 4<<20), "not valid YAML"},
		"an endless comment": {strings.Repeat("#", 4<<20), "declares nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, test.content)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %.300v; want %q in it", err, test.want)
			}
			if len(fmt.Sprint(err)) > 20000 {
				t.Errorf("a message of %d bytes", len(fmt.Sprint(err)))
			}
		})
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"${TOKEN}":              "s3cret",
		"a${TOKEN}b${_a1}c":     "as3cretbxc",
		"$TOKEN $ {TOKEN} $":    "$TOKEN $ {TOKEN} $",
		"$${TOKEN}":             "${TOKEN}",
		"$$${TOKEN}":            "$${TOKEN}",
		"$${${TOKEN}":           "${s3cret",
		"${TOKEN}$${TOKEN}":     "s3cret${TOKEN}",
		"${NESTED}":             "${TOKEN}",
		"${TOKEN}}":             "s3cret}",
		"$$":                    "$$",
		"https://h.example/$${": "https://h.example/${",
	} {
		got, variables, problems := expand(text, environment)
		if got != want || problems != nil {
			t.Errorf("expand(%q) = %q, %v; want %q", text, got, problems, want)
		}
		for _, v := range variables {
			if value, _ := environment(v.Name); got[v.Start:v.End] != value {
				t.Errorf("expand(%q): %+v is not the value", text, v)
			}
		}
	}
}

// TestNoneIsWritten checks that a variable cannot delete a callback.
func TestNoneIsWritten(t *testing.T) {
	t.Parallel()
	d, err := parse(t, "version: 1\naccount: ${NONE}")
	if err != nil || d.Rows[0].URL.Whole() != "none" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"account", "account", 0}, {"acount", "account", 1}, {"accuont", "account", 2}, {"sender", "senders", 1}, {"", "abc", 3}, {"xyz", "abc", 3}} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d; want %d", test.a, test.b, got, test.want)
		}
	}
}
