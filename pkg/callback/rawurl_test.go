package callback_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestParseReasons(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                "it is empty",
		"https://h.example/%zz":           `the URL has "%" at character 19`,
		"https://h%20x.example/":          `its host has "%" at character 10, which is not allowed in a host name`,
		"https://h^x.example/":            `its host has "^" at character 10, which is not allowed in a host name`,
		"https://h.example:8o80/":         "the port is not a number",
		"https://[::1/":                   "the address in [ ] is not closed",
		"https://[1.2.3.4]/":              "only an IPv6 address belongs in [ ]",
		"https://a^b:c@h.example/":        "the user name or password has a character",
		"://h.example/":                   "it has nothing before its colon",
		"a b:c/d":                         "",
		"1h.example:8080/ses":             "it has no scheme; write https:// before it",
		"https：//h.example:8080/":         "a full-width colon (U+FF1A)",
		"'https://h.example:8080/'":       "it begins with a quote",
		"“https://h.example:8080/”":       "it begins with a quote",
		"ht_tp://h.example:8080/":         "its scheme has a character that is not allowed in a scheme",
		"https://h.example:８０８０/":         "the port is not a number",
		"https://h.example/\xff":          "not valid UTF-8",
		strings.Repeat("a", 64<<10) + "a": "the limit is 65536",
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		i := slices.IndexFunc(problems, func(p callback.Problem) bool { return p.Rule == "url-syntax" })
		if want == "" && i < 0 {
			continue
		}
		if i < 0 || !strings.Contains(problems[i].Message, want) {
			t.Errorf("%.40q: %v; want %q", url, problems, want)
		}
	}
}
