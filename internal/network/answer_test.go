package network

import (
	"strings"
	"testing"
)

// TestFirstLine checks that the first line can be printed, and contains no secret of
// the URL.
func TestFirstLine(t *testing.T) {
	t.Parallel()
	const hook = "http://user:password9@127.0.0.1/ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c?token=very%20secret&n=1"
	for answer, want := range map[string]string{
		"":                              "",
		"\n \r\n  first \nsecond":       "first",
		"at very secret, very%20secret": "at ***, ***",
		"failed for " + hook:            "failed for http://user:***@127.0.0.1/ses/***?token=***&n=***",
		"password9 1":                   "*** 1",
		"no /ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c": "no /ses/***",
		"a\x1b[31mred\u202e\xff":                   "a[31mred",
		strings.Repeat("字", 300):                   strings.Repeat("字", 200) + "…",
	} {
		if got := FirstLine([]byte(answer), hook); got != want {
			t.Errorf("%q: %q", answer, got)
		}
	}
}

// TestHideSecrets checks that every secret is hidden to its end.
func TestHideSecrets(t *testing.T) {
	t.Parallel()
	const hook = "https://user:abc@h.example.com/ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c?a=abc&b=abcdef&c=x%20abcdef#part"
	for text, want := range map[string]string{
		"abcdef, abc":     "***, ***",
		"x abcdef":        "***",
		"user:abc, #part": "user:***, #***",
		"path /ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c": "path /ses/***",
		"a=abc&b=abcdef&c=x%20abcdef":                "a=***&b=***&c=***",
		hook:                                         "https://user:***@h.example.com/ses/***?a=***&b=***&c=***#***",
	} {
		if got := HideSecrets(text, hook); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
