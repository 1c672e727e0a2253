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
