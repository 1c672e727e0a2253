package callback_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestMisplaced checks characters that are not allowed in a path or a query. A message
// names each with its place and its encoded form, and nothing else of the URL.
func TestMisplaced(t *testing.T) {
	t.Parallel()
	const base = "https://h.example.com:8080" // 26 characters
	for rest, want := range map[string]string{
		"/ses。":     `"。" at character 31, which is not allowed there → write %E3%80%82`,
		"/?q=值班":    `"值" at character 31, which is not allowed there (and 1 more) → write %E5%80%BC`,
		"/a|b":      `"|" at character 29 → write %7C`,
		"/a^b":      `"^" at character 29 → write %5E`,
		"/a`b":      "\"`\" at character 29 → write %60",
		"/a\"b":     `'"' at character 29 → write %22`,
		"/a“b”":     `"“" at character 29, which is not allowed there (and 1 more) → write %E2%80%9C`,
		`\ses`:      `"\" at character 27 → write / instead`,
		"/?a[]=1":   `"[" at character 30, which is not allowed there (and 1 more) → write %5B`,
		"/?t=50%":   `"%" at character 33 → write %25`,
		"/?t=5%0":   `"%" at character 32 → write %25`,
		"/%zz":      `"%" at character 28 → write %25`,
		"/a>b":      `">" at character 29 → write %3E`,
		"/a}b":      `"}" at character 29 → write %7D`,
		"?é":        `"é" at character 28 → write %C3%A9`,
		"/?t=${A}":  `"{" at character 32, which is not allowed there (and 1 more): a placeholder was not replaced → ${NAME} is replaced in a declaration`,
		"/?t={{a}}": `: a placeholder was not replaced → {{name}}`,
		"/{a}/b":    `: a placeholder was not replaced → {name}`,
		"/?t=<a>":   `: a placeholder was not replaced → <name>`,
		"/?t=%ABX%": `: a placeholder was not replaced → %NAME%`,
	} {
		url := base + rest
		problems := callback.CheckURL(url, callback.Policy{})
		message, hint, _ := strings.Cut(want, " → ")
		if len(problems) != 1 || problems[0].Rule != "url-syntax" || !strings.Contains(problems[0].Message, message) || !strings.Contains(problems[0].Hint, hint) {
			t.Errorf("%q: %+v; want %s", url, problems, want)
		}
	}
	for _, rest := range []string{"", "/", "/a-._~!$&'()*+,;=:@b", "/?a=/?b", "/%E5%80%BC?q=%e5", "?$filter=x", "/@team/$5"} {
		if problems := callback.CheckURL(base+rest, callback.Policy{}); len(problems) != 0 {
			t.Errorf("%q: %+v", rest, problems)
		}
	}
}
