package callback_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, url, want string }{
		{"nothing", "", ""},
		{"nothing to hide", "https://h.example:8080/ses", "https://h.example:8080/ses"},
		{"query", "https://h.example:8080/ses?token=s3cret&env=prod", "https://h.example:8080/ses?token=***&env=***"},
		{"query without a value", "https://h.example:8080/?s3cret", "https://h.example:8080/?***"},
		{"query with an empty value", "https://h.example:8080/?s3cret=", "https://h.example:8080/?***"},
		{"query of base64", "https://h.example:8080/?czNjcmV0Cg==", "https://h.example:8080/?***"},
		{"base64 as a value", "https://h.example:8080/?t=czNjcmV0Cg==", "https://h.example:8080/?t=***"},
		{"semicolon in a value", "https://h.example:8080/?t=s3;cret=x", "https://h.example:8080/?t=***"},
		{"empty query", "https://h.example:8080/?", "https://h.example:8080/?"},
		{"empty parameters", "https://h.example:8080/?a=1&&b=2&", "https://h.example:8080/?a=***&&b=***&"},
		{"question mark in a value", "https://h.example:8080/?a=s3?cret=x", "https://h.example:8080/?a=***"},
		{"parameter of a path segment", "https://h.example:8080/ses;token=s3cret;v=1/x;y", "https://h.example:8080/ses;token=***;v=***/x;y"},
		{"query without its mark", "https://h.example:8080/ses&token=s3cret", "https://h.example:8080/ses&token=***"},
		{"name and value in the path", "https://h.example:8080/token=s3cret/a,b=s3cret/x", "https://h.example:8080/token=***/a,b=***/x"},
		{"base64 in the path", "https://h.example:8080/czNjcmV0Cg==", "https://h.example:8080/***"},
		{"full-width question mark", "https://h.example:8080/？t=s3cret＆u＝s3cret", "https://h.example:8080/？t=***＆u＝***"},
		{"full-width question mark without a name", "https://h.example:8080/ses？s3cret", "https://h.example:8080/ses？***"},
		{"full-width number sign", "https://h.example:8080/ses＃s3cret", "https://h.example:8080/ses＃***"},
		{"full-width semicolon", "https://h.example:8080/ses；t=s3cret", "https://h.example:8080/ses；t=***"},
		{"full-width question mark behind the host", "https://h.example？t=s3cret", "https://h.example？***"},
		{"full-width slash behind the host", "https://h.example／ses？t=s3cret", "https://h.example／***"},
		{"full-width port", "https://h.example：8080？t=s3cret/x", "https://h.example：***/x"},
		{"encoded question mark behind the host", "https://h.example%3Ft=s3cret", "https://h.example%***"},
		{"query behind the host", "https://h.example&t=s3cret", "https://h.example&***"},
		{"full-width at sign", "https://s3cret＠h.example/x", "https://***/x"},
		{"encoded at sign", "https://s3cret%40h.example/x", "https://***/x"},
		{"host of another script", "https://例子。中国/x", "https://例子。中国/x"},
		{"zone", "https://[fe80::1%25eth0]:8080/x", "https://[fe80::1%25eth0]:8080/x"},
		{"variable in the host", "https://${HOST}:8080/x", "https://${HOST}:8080/x"},
		{"no colon in the scheme", "https//user:s3cret@h.example/", "https//user:***@h.example/"},
		{"full-width colon in the scheme", "https：//user:s3cret@h.example/", "https：//user:***@h.example/"},
		{"semicolon in the scheme", "https;//user:s3cret@h.example/", "https;//user:***@h.example/"},
		{"backslash in the scheme", `\0://user:s3cret@h.example/`, `\0://user:***@h.example/`},
		{"fragment", "https://h.example:8080/#s3cret", "https://h.example:8080/#***"},
		{"question mark in a fragment", "https://h.example:8080/#a?b=s3cret", "https://h.example:8080/#***"},
		{"password", "https://user:s3cret@h.example:8080/", "https://user:***@h.example:8080/"},
		{"user alone", "https://s3cret@h.example:8080/", "https://***@h.example:8080/"},
		{"empty password", "https://user:@h.example:8080/", "https://user:***@h.example:8080/"},
		{"at sign in a password", "https://user:s3@cret@h.example/", "https://user:***@h.example/"},
		{"slash in a password", "https://user:s3/cret@h.example/", "https://user:***@h.example/"},
		{"both in a password", "https://user:s3@c/ret@h.example/", "https://user:***@h.example/"},
		{"question mark in a password", "https://user:s3?cr=et@h.example/", "https://user:***"},
		{"hash in a password", "https://user:s3#cret@h.example/", "https://user:***"},
		{"at sign in a path", "https://h.example:8080/@team/ses", "https://h.example:8080/@team/ses"},
		{"at sign in a path of an IPv6 host", "https://[2001:db8::1]:8080/@team", "https://[2001:db8::1]:8080/@team"},
		{"too many slashes", "https:////user:s3cret@h.example/", "https:////user:***@h.example/"},
		{"no scheme", "user:s3cret@h.example/", "user:***@h.example/"},
		{"one slash", "https:/user:s3cret@h.example/", "https:/user:***@h.example/"},
		{"backslashes", `https:\\user:s3cret@h.example/`, `https:\\user:***@h.example/`},
		{"password that ends in a colon", "user:s3cret:/x@h.example/", "user:***@h.example/"},
		{"slash after a port without a number", "user:s3cret@h.example:/x", "user:***@h.example:/x"},
		{"two at signs", "https://s3@cret:x@h.example/", "https://***@h.example/"},
		{"control characters", "https://h.example/\x1b[31m\n", `https://h.example/\x1b[31m\n`},
		{"direction override", "https://h.example/\u202ecod", `https://h.example/\u202ecod`},
		{"not UTF-8", "https://h.example/\xff", `https://h.example/\ufffd`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := callback.Mask(test.url); got != test.want {
				t.Errorf("Mask(%q) = %q; want %q", test.url, got, test.want)
			}
		})
	}
}

func TestMaskShortens(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"https://h.example/" + strings.Repeat("a", 10<<20),
		"https://h.example/" + strings.Repeat("é", 5<<20),
		"https://h.example/?" + strings.Repeat("a&", 5<<20),
		"https://h.example/?" + strings.Repeat("a=b&", 3<<20),
		strings.Repeat("\x00", 10<<20),
		strings.Repeat("@/", 5<<20) + strings.Repeat("a", 1000),
		"https://h.example/" + strings.Repeat(":/", 5<<20),
	} {
		got := callback.Mask(url)
		if !strings.HasSuffix(got, "…") && got != `\x00***` {
			t.Errorf("not marked as shortened: %q", got)
		}
		checkMessage(t, got)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       `""`,
		"plain":                  `"plain"`,
		"a\nb":                   `"a\nb"`,
		"\u200b":                 `"\u200b"`,
		strings.Repeat("é", 200): `"` + strings.Repeat("é", 150) + `…"`,
	} {
		if got := callback.Quote(text); got != want {
			t.Errorf("Quote(%q) = %s; want %s", text, got, want)
		}
	}
}
