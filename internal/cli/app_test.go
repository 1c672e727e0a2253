package cli

import (
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestShownURL checks that control characters are escaped in URLs that are shown in
// full, because lines on stderr are written unchanged.
func TestShownURL(t *testing.T) {
	t.Parallel()
	a := newApp(Env{Getenv: func(string) string { return "" }})
	a.flags.showURLs = true
	for url, want := range map[string]string{
		"https://a.example.com:8080/?token=s3cret":        "https://a.example.com:8080/?token=s3cret",
		"https://a.example.com:8080/\x1b]0;t\a\r\n\u202e": "https://a.example.com:8080/\ufffd]0;t\ufffd\ufffd\ufffd\ufffd",
	} {
		if got := a.url(callback.NewURL(url)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
