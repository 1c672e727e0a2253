package callback_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestWhitespaceIsNamed(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://h.example:8080/a b":        "a space at character 25|write %20",
		"https://h.example:8080/\t":         "white space (U+0009) at character 24|write %09",
		"https://h.example:8080/\u3000":     "white space (U+3000) at character 24|write %E3%80%80",
		"https://h.example:8080/\x1b":       "the control character U+001B at character 24|write %1B",
		"https://h.example:8080/值\u200b":    "the invisible character U+200B at character 25|write %E2%80%8B",
		"https://h.example:8080/\ufe0f":     "the invisible character U+FE0F at character 24|",
		" https://h.example:8080/":          "a space at character 1|",
		"https://h.example:8080/\U000e0041": "the invisible character U+E0041 at character 24|",
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		message, hint, _ := strings.Cut(want, "|")
		if len(problems) == 0 || problems[0].Rule != "url-whitespace" || !strings.Contains(problems[0].Message, message) || !strings.Contains(problems[0].Hint, hint) {
			t.Errorf("%q: %+v; want %s", url, problems, want)
		}
	}
}
