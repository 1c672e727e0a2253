package delivery

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestPublicAddressBehindAName checks that a host with a private name is refused if
// its address is public.
func TestPublicAddressBehindAName(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"127.0.0.1:80": false, "[::1]:80": false, "10.1.2.3:80": false, "[fe80::1%eth0]:80": false,
		"8.8.8.8:80": true, "[2001:4860:4860::8888]:80": true, "name:80": true,
	} {
		if err := refusePublic("tcp", address, nil); refused != errors.Is(err, ErrPublicHost) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := refusePublic("tcp", "no port", nil); err == nil {
		t.Error("an address without a port: no error")
	}
}

func TestURLsThatCannotBeCalled(t *testing.T) {
	t.Parallel()
	p := NewPoster(PosterOptions{})
	if got := p.Refuse("http://[::1"); got == "" {
		t.Error("not a URL: not refused")
	}
	if _, err := p.Post(context.Background(), "http://[::1?token=secret", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("not a URL: %v", err)
	}
}

// TestFirstLine checks that the first line can be printed, and contains no secret of
// the URL.
func TestFirstLine(t *testing.T) {
	t.Parallel()
	const hook = "http://user:password9@127.0.0.1/ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c?token=very%20secret&n=1"
	for answer, want := range map[string]string{
		"":                              "",
		"\n \r\n  first \nsecond":       "first",
		"at very secret, very%20secret": "at ***, ***",
		"password9 1":                   "*** 1",
		"no /ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c": "no /ses/***",
		"a\x1b[31mred\u202e\xff":                   "a[31mred",
		strings.Repeat("字", 300):                   strings.Repeat("字", 200) + "…",
	} {
		if got := firstLine([]byte(answer), hook); got != want {
			t.Errorf("%q: %q", answer, got)
		}
	}
}
