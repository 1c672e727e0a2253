package callback_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestParseSender(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ input, want string }{
		{"noreply@mail.example.com", "noreply@mail.example.com"},
		{"News <News@Mail.example.com>", "news@mail.example.com"},
		{`"News, daily" <news@mail.example.com>`, "news@mail.example.com"},
		{"news@mail.example.com (the news)", "news@mail.example.com"},
		{"<news@mail.example.com>", "news@mail.example.com"},
		{" \tnews@mail.example.com\n", "news@mail.example.com"},
		{"=?utf-8?q?News?= <news@mail.example.com>", "news@mail.example.com"},
		{"News, daily <news@mail.example.com>", "news@mail.example.com"},
		{"News [daily] <news@mail.example.com>", "news@mail.example.com"},
		{"News (daily; @noon) <news@mail.example.com>", "news@mail.example.com"},
		{"a<b>c <news@mail.example.com>", "news@mail.example.com"},
		{"boss@x.example <news@mail.example.com>", "news@mail.example.com"},
		{"=?GB2312?B?0MLOxQ==?= <news@mail.example.com>", "news@mail.example.com"},
		{"\xd0\xc2\xce\xc5 <news@mail.example.com>", "news@mail.example.com"},
		{"新闻，每日<news@mail.example.com>", "news@mail.example.com"},
		{`"News <daily>" < news@mail.example.com >`, "news@mail.example.com"},
		{"<news@mail.example.com> (the news)", "news@mail.example.com"},
		{"a.b+c_d-e@mail.example.com", "a.b+c_d-e@mail.example.com"},
		{`"plain"@mail.example.com`, "plain@mail.example.com"},
		{"news@münchen.example", "news@xn--mnchen-3ya.example"},
		{"news@XN--MNCHEN-3YA.example", "news@xn--mnchen-3ya.example"},
		{"news@例え.example", "news@xn--r8jz45g.example"},
		{"jörg@mail.example.com", "jörg@mail.example.com"},
		{strings.Repeat("a", 64) + "@mail.example.com", strings.Repeat("a", 64) + "@mail.example.com"},
	} {
		got, err := callback.ParseSender(test.input)
		if err != nil || got.Address() != test.want {
			t.Errorf("ParseSender(%q) = %q, %v; want %q", test.input, got.Address(), err, test.want)
		}
	}
}

func TestParseSenderRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, input, want string }{
		{"nothing", "", "it is empty"},
		{"spaces", "  ", "it is empty"},
		{"no at sign", "mail.example.com", "it has no @"},
		{"no local part", "@mail.example.com", "it has nothing before the @"},
		{"no domain", "news@", "it has nothing after the @"},
		{"two addresses", "a@x.example, b@x.example", "write only one address"},
		{"two addresses and a semicolon", "a@x.example;b@x.example", "write only one address"},
		{"mailto", "mailto:news@mail.example.com", "mailto:"},
		{"mailto in brackets", "News <MAILTO:news@mail.example.com>", "mailto:"},
		{"a space", "news @mail.example.com", "it contains white space"},
		{"a space in the domain", "news@mail. example.com", "it contains white space"},
		{"a full-width space", "news@mail.example.com\u3000x", "it contains white space"},
		{"a full-width at sign", "news＠mail.example.com", "U+FF20"},
		{"two at signs", "a@b@mail.example.com", "more than one @"},
		{"nothing in brackets", "News <>", "it has nothing in < >"},
		{"text after the brackets", "News <news@mail.example.com> x", "do not match"},
		{"open bracket", "News <news@mail.example.com", "do not match"},
		{"closing bracket", "news@mail.example.com>", "> without <"},
		{"no at sign in brackets", "news@mail.example.com <news>", "it has no @"},
		{"colon", "news:x@mail.example.com", `":" before its @`},
		{"slash in the domain", "news@mail.example.com/x", `domain: it has "/"`},

		{"two hyphens", "news@ab--c.example", "domain: a part of it has two hyphens"},
		{"a letter that a name cannot have", "news@a\u0378b.example", "(U+0378), which is not allowed in a host name"},
		{"no dot in domain", "news@localhost", "the domain has no dot"},
		{"trailing dot", "news@mail.example.com.", "the domain ends in a dot; remove it"},
		{"two dots", "a..b@mail.example.com", "two dots in a row"},
		{"empty label", "news@mail..example.com", "empty label"},
		{"domain literal", "news@[127.0.0.1]", "the domain is an IP address; write a domain name"},
		{"an ideographic dot at the end", "news@mail.example.com。", "the domain ends in a dot; remove it"},
		{"quotes", `"news@mail.example.com"`, "it is in quotes; write it without quotes"},
		{"typographic quotes", "“news@mail.example.com”", "it is in quotes; write it without quotes"},
		{"single quotes", "'news@mail.example.com'", "it is in quotes"},
		{"a typographic quote in the domain", "news@mail.example.com”", `domain: it has "”"`},
		{"other brackets", "News ＜news@mail.example.com＞", "write < >"},
		{"title brackets", "News 《news@mail.example.com》", "write < >"},
		{"an encoded word alone", "=?utf-8?B?YUBiLmM=?=", "it is an encoded text; write the address itself"},
		{"a full-width letter", "ｎews@mail.example.com", `it has "ｎ" (U+FF4E) before its @; write n`},
		{"a Cyrillic letter", "n\u0435ws@mail.example.com", "it mixes Latin and Cyrillic letters before its @"},
		{"a Cyrillic letter in the domain", "news@m\u0430il.example.com", "domain: it mixes Latin and Cyrillic letters in one part, so it looks like another name; write it as xn--mil-6cd.example.com"},
		{"a combining character", "e\u0301@mail.example.com", "the combining character U+0301 before its @"},
		{"a variable", "${NAME}@mail.example.com", "a placeholder was not replaced"},
		{"a template", "{{name}}@mail.example.com", "a placeholder was not replaced"},
		{"a name in underscores", "__NAME__@mail.example.com", "a placeholder was not replaced"},
		{"a variable of Windows", "%NAME%@mail.example.com", "a placeholder was not replaced"},
		{"a named invisible character", "news@mail.example.com\u200b", "invisible characters: U+200B (zero width space)"},
		{"named white space", "news\u00a0@mail.example.com", "it contains white space: U+00A0 (no-break space)"},
		{"address as domain", "news@127.0.0.1", "ends in a number"},
		{"underscore in domain", "news@mail_1.example.com", `domain: it has "_"`},
		{"hyphen at the end of a label", "news@-mail.example.com", "domain: a part of it begins or ends with a hyphen"},
		{"wrong punycode", "news@xn--0.example", "domain: a part that begins with xn--"},
		{"quoted local part", `"a b"@mail.example.com`, "quoted local part"},
		{"quoted dots", `"a..b"@mail.example.com`, "quoted local part"},
		{"quoted leading dot", `".a"@mail.example.com`, "quoted local part"},
		{"quoted at sign", `"a@b"@mail.example.com`, "quoted local part"},
		{"quoted nothing", `""@mail.example.com`, "a quoted local part"},
		{"newline inside", "news@mail.example.com\nbcc: x@y.example", "control or invisible"},
		{"nul", "news\x00@mail.example.com", "control or invisible"},
		{"direction override", "news\u202e@mail.example.com", "control or invisible"},
		{"zero width space", "ne\u200bws@mail.example.com", "control or invisible"},
		{"not UTF-8", "news\xff@mail.example.com", "not valid UTF-8"},
		{"long local part", strings.Repeat("a", 65) + "@mail.example.com", "more than 64 bytes"},
		{"long label", "news@" + strings.Repeat("a", 64) + ".example", "more than 63 bytes"},
		{"long domain", "news@" + strings.Repeat("abcdefg.", 32) + "example", "more than 253 bytes"},
		{"long address", strings.Repeat("a", 60) + "@" + strings.Repeat("abcdefg.", 30) + "example", "more than 254 bytes"},
		{"ten megabytes", strings.Repeat("a", 10<<20) + "@mail.example.com", "more than 1024 bytes"},
		{"ten megabytes of controls", strings.Repeat("\x1b", 10<<20), "more than 1024 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			target, err := callback.ParseSender(test.input)
			if err == nil {
				t.Fatalf("accepted as %q", target)
			}
			if target != callback.Account() {
				t.Errorf("a target together with the error: %q", target)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q; want %q in it", err, test.want)
			}
			checkMessage(t, err.Error())
		})
	}
}

// TestURLInPlaceOfSender checks that a secret given in the wrong place is not
// shown.
func TestURLInPlaceOfSender(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"https://h.example:8080/?t=s3cret", "https://u:s3cret@h.example/", "h.example:8080/?t=s3cret", "h.example/?s3cret@x"} {
		_, err := callback.ParseSender(input)
		problems := callback.CheckAll([]callback.Declared{{Sender: input}, {Sender: input}}, callback.Policy{})
		if err == nil || len(problems) == 0 || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", input, err)
		}
		for _, p := range problems {
			if strings.Contains(p.Message+p.Target, "s3cret") {
				t.Errorf("%q: %+v", input, p)
			}
		}
	}
}

func FuzzParseSender(f *testing.F) {
	for _, seed := range []string{
		"noreply@mail.example.com", "News <News@Mail.example.com>", `"a..b"@mail.example.com`, "news@münchen.example",
		"news@xn--mnchen-3ya.example", "a@b.c (comment)", "news@１２７.０.０.１", "\u212a@b.example", "a@[::1]", "=?x?q?y?= <a@b.example>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		target, err := callback.ParseSender(input)
		if err != nil {
			checkMessage(t, err.Error())
			return
		}
		again, err := callback.ParseSender(target.Address())
		if err != nil || again != target {
			t.Errorf("ParseSender(%q) = %q, and parsed again %q, %v", input, target, again, err)
		}
		upper, err := callback.ParseSender(upperASCII(target.Address()))
		if err != nil || upper != target {
			t.Errorf("in capitals %q is %q, %v", target, upper, err)
		}
	})
}

func upperASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// checkMessage fails if a message does not fit a terminal: it is too long, or it
// contains characters that the input smuggled in.
func checkMessage(t testing.TB, message string) {
	t.Helper()
	if len(message) > 1000 {
		t.Errorf("a message of %d bytes", len(message))
	}
	for _, r := range message {
		if r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u202e' || r == '\u200b' || r == '\ufffd' {
			t.Errorf("%U in the message %q", r, message)
			return
		}
	}
}

// TestPlainAddresses compares the fast path for plain addresses with the general
// path, which an address in angle brackets takes.
func TestPlainAddresses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching(`[aZ0.+_-]{0,3}[a-z0-9]{1,3}@([aX0-]{1,3}\.|xn--[a0]{1,2}\.){0,2}[aX0-]{1,3}`).Draw(t, "address")
		address += strings.Repeat("a", rapid.SampledFrom([]int{0, 0, 60, 64, 250}).Draw(t, "more"))
		short, errShort := callback.ParseSender(address)
		long, errLong := callback.ParseSender("<" + address + ">")
		if short != long || (errShort == nil) != (errLong == nil) {
			t.Fatalf("%s: %v, %v; the long way: %v, %v", address, short, errShort, long, errLong)
		}
	})
}
