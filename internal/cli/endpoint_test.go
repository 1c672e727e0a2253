package cli_test

import (
	"testing"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/ses"
)

// TestLoopbackAlike checks that the client and the rules agree on which hosts are this
// machine. The client sends plain HTTP only to this machine, and the rules allow private
// callbacks only for an endpoint on it.
func TestLoopbackAlike(t *testing.T) {
	t.Parallel()
	for host, loopback := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localHost.": true, "127.0.0.1": true, "127.9.9.9": true,
		"[::1]": true, "[0:0:0:0:0:0:0:1]": true, "[::ffff:127.0.0.1]": true, "[::FFFF:7f00:1]": true,
		"localhost..": false, "localhost.example.com": false, "my.localhost": false, "127.example.com": false, "127.1": false,
		"127.0.0.1.": false, "0.0.0.0": false, "10.0.0.1": false, "[::]": false, "[fe80::1]": false, "ses.tencentcloudapi.com": false,
	} {
		endpoint := "http://" + host + ":8025"
		if got := config.IsLoopback(endpoint); got != loopback {
			t.Errorf("%s: loopback to the rules: %v", endpoint, got)
		}
		if err := ses.CheckEndpoint(endpoint); (err == nil) != loopback {
			t.Errorf("%s: the client: %v", endpoint, err)
		}
	}
}
