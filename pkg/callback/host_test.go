package callback_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestPlainHosts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.StringMatching(`([aX0-]{0,4}\.){0,2}[aX-]{1,3}`).Draw(t, "host")
		want, err := idna.Lookup.ToASCII(host)
		if got := callback.NormalizeURL("https://" + host + "/"); err == nil && got != "https://"+want+"/" {
			t.Fatalf("%s becomes %s; want %s", host, got, want)
		}
	})
}

// TestHostForms uses wrong forms of hosts and ports. Each has one rule, a reason with
// the character and its place, and a hint.
func TestHostForms(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://h!x.example.com:8080/":           `url-host|it has "!", which is not allowed in a host name; it is at character 10|name the host`,
		"https://u:p@h!x.example.com:8080/":       `url-host|it is at character 14|name the host`,
		"https://h.example.com：8080/":             `url-host|"：" (U+FF1A), which is not allowed in a host name; it is at character 22|write : instead`,
		"https://\u0430pple.example.com:8080/":    "url-host|mixes Latin and Cyrillic letters in one part of its name|name the host",
		"https://g\u03bfogle.example.com:8080/":   "url-host|mixes Latin and Greek letters|name the host",
		"https://h.example.com？t=x":               `url-host|"？" (U+FF1F), which is not allowed in a host name; it is at character 22|write ? instead`,
		"https://h.example.com”:8080/":            `url-host|it has "”", which is not allowed in a host name; it is at character 22|name the host`,
		"https://https://h.example.com:8080/":     "url-host|the scheme is written twice|name the host",
		"https://__HOST__:8080/":                  `url-host|"_", which is not allowed|this is a placeholder`,
		"https://((host)):8080/":                  `url-host|it has "("|this is a placeholder`,
		"https://<host>:8080/":                    `url-host|it has "<"|<name> is a placeholder`,
		"https://#{HOST}:8080/":                   "url-host|has no host|#{name} is a template's placeholder",
		"https://[2606:4700::g]:8080/":            "url-syntax|the text in [ ] is not an IPv6 address|write an absolute URL",
		"https://[]:8080/":                        "url-syntax|the text in [ ] is not an IPv6 address|write an absolute URL",
		"https://[fe80::1%eth0]:8080/":            "url-syntax|its host is an address with a zone|write an absolute URL",
		"https://2606:4700::1:8080/":              "url-syntax|an IPv6 address belongs in [ ]|write an absolute URL",
		"https://[[host]]:8080/":                  "url-syntax|only an IPv6 address belongs in [ ]|[[name]] is a template's placeholder",
		"https://u%zz@h.example.com:8080/":        "url-syntax|the user name or password has a character that must be percent-encoded|",
		"https://h.example.com:+8080/":            `url-syntax|the port is not a number: it has "+" at character 23|`,
		"https://h.example.com:８０８０/":             `url-syntax|the port is not a number: it has "８" at character 23; write 8|`,
		"https://h.example.com:8080／ses":          `url-syntax|the port is not a number: it has "／" at character 27; write /|`,
		"https://h.example.com:%{port}/":          `url-syntax|the port is not a number: it has "%" at character 23|%{name} is a template's placeholder`,
		"https://h.example.com:08080/":            "url-port|SES does not support port 08080|write the port without zeros before it: 8080",
		"https://h.example.com:00080/":            "url-port|SES does not support port 00080|use port 8080",
		"https:/h.example.com:8080/ses":           "url-syntax|the URL has no // after its scheme|write an absolute URL",
		"https:／／h.example.com:8080/":             "url-syntax|full-width slashes (U+FF0F)|write // instead",
		"<https://h.example.com:8080/>":           "url-syntax|it begins with a bracket; write it without brackets|write an absolute URL",
		"（https://h.example.com:8080/）":           "url-syntax|it begins with a bracket|write an absolute URL",
		"https://h.example.com:8080/\ufffd":       "url-syntax|has \"\ufffd\" at character 28|write %EF%BF%BD",
		"https://h.example.com:8080/\ufdd0":       "url-syntax|has U+FDD0 at character 28|write %EF%B7%90",
		"https://h.example.com:8080/a？b":          `url-syntax|"？" at character 29|write %EF%BC%9F instead; if ? is meant, write ?`,
		"https://h\u200bx.example.com:8080/":      "url-whitespace|U+200B at character 10 (zero width space)|remove it",
		"https://h x.example.com:8080/":           "url-whitespace|a space at character 10|remove it",
		"https://h.example.com:8080/\u00a0":       "url-whitespace|white space (U+00A0) at character 28 (no-break space)|write %C2%A0",
		"https://h.example.com:8080/?t={{ .t }}":  "url-whitespace|a space at character 33|{{name}} is a template's placeholder",
		"https://h.example.com:8080/?t=#{TOKEN}":  "url-fragment|which is never sent|#{name} is a template's placeholder",
		"https://h.example.com:8080/?t=<%=t%>":    "url-syntax|a placeholder was not replaced|<%= name %>",
		"https://h.example.com:8080/?t=%(t)s":     "url-syntax|a placeholder was not replaced|%(name)s",
		"https://h.example.com:8080/?t=[[t]]":     "url-syntax|a placeholder was not replaced|[[name]]",
		"https://h.example.com:8080/?t=【令牌】":      "url-syntax|a placeholder was not replaced|<name>",
		"https://h.example.com:8080/?filter[a]=b": `url-syntax|"[" at character 35|write %5B instead`,
		"${URL}":   "url-syntax|it has no scheme|${NAME} is replaced in a declaration",
		"{{url}}":  "url-syntax|it has no scheme|{{name}}",
		"__URL__":  "url-syntax|it has no scheme|this is a placeholder",
		"@URL@":    "url-syntax|it has no scheme|this is a placeholder",
		"CHANGEME": "url-syntax|it has no scheme|this is a placeholder",
		"%{url}":   "url-syntax|it has no ://|%{name}",
	} {
		rest, hint := want[:strings.LastIndexByte(want, '|')], want[strings.LastIndexByte(want, '|')+1:]
		rule, message, _ := strings.Cut(rest, "|")
		problems := callback.CheckURL(url, callback.Policy{})
		i := slices.IndexFunc(problems, func(p callback.Problem) bool { return p.Rule == rule })
		if i < 0 || !strings.Contains(problems[i].Message, message) || !strings.Contains(problems[i].Hint, hint) {
			t.Errorf("%q: %+v; want %s", url, problems, want)
		}
	}
	for _, url := range []string{"https://例子.测试.com:8080/", "https://пример.example.com:8080/", "https://bücher.example.com:8080/", "https://h.例子.com:8080/", "https://h。例子。com:8080/", "https://ab－c.example.com:8080/", "https://l·l.example.com:8080/", "https://xn--pple-43d.example.com:8080/"} {
		if problems := callback.CheckURL(url, callback.Policy{}); len(problems) > 0 {
			t.Errorf("%q: %+v", url, problems)
		}
	}
}
