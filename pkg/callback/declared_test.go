package callback_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestMeantAsNone checks that a value that was meant as none has its own message, and
// only this one.
func TestMeantAsNone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"None", "NONE", "none ", "none\n", "“none”", "'none'", "no", "off", "null", "无", "none\u3000"} {
		problems := callback.CheckAll([]callback.Declared{{Account: true, URL: callback.NewURL(value)}}, callback.Policy{})
		if len(problems) != 1 || problems[0].Rule != "url-syntax" || !strings.HasPrefix(problems[0].Hint, "if there must be no callback, write none") {
			t.Errorf("%q: %+v", value, problems)
		}
	}
	for _, value := range []string{"nonesuch", "x", strings.Repeat("n", 100)} {
		problems := callback.CheckAll([]callback.Declared{{Account: true, URL: callback.NewURL(value)}}, callback.Policy{})
		if len(problems) == 0 || strings.Contains(problems[0].Hint, "none") {
			t.Errorf("%q: %+v", value, problems)
		}
	}
	value := callback.Declared{Account: true, URL: callback.NewURL("None"), Variables: []callback.Variable{{Name: "URL", Start: 0, End: 4}}}
	if problems := callback.CheckAll([]callback.Declared{value}, callback.Policy{}); len(problems) == 0 || !strings.Contains(problems[0].Message, "${URL}") {
		t.Errorf("a variable: %+v", problems)
	}
}

func TestPositionOfAStrangeFile(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"a.yaml": "a.yaml:2:3", "回调.yaml": "回调.yaml:2:3", "a\n::error::b.yaml": `a\n::error::b.yaml:2:3`,
		"a\x1b[31m.yaml": `a\x1b[31m.yaml:2:3`, "a\u202eb.yaml": `a\u202eb.yaml:2:3`,
	} {
		if got := (callback.Position{File: file, Line: 2, Column: 3}).String(); got != want {
			t.Errorf("%q: %q; want %q", file, got, want)
		}
	}
}
