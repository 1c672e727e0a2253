package callback_test

import (
	"net"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]bool{"8.8.8.8": true, "2606:4700::1": true, "::ffff:8.8.8.8": true, "127.0.0.1": false, "::ffff:10.0.0.1": false, "240.0.0.1": false} {
		if got := callback.PublicIP(net.ParseIP(ip)); got != want {
			t.Errorf("PublicIP(%s) = %v", ip, got)
		}
	}
	if callback.PublicIP(nil) {
		t.Error("no address is public")
	}
	for host, private := range map[string]bool{"１２７.０.０.１": true, "fe80::1%eth0": true, "h.example": false, "": true, "192.168.0.1.": true} {
		if got := callback.PrivateHost(host); (got != "") != private {
			t.Errorf("PrivateHost(%q) = %q", host, got)
		}
	}
}
