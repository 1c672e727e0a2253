package cli

import (
	"net"
	"strconv"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// listenAddress returns the address that --listen names. A port alone is a port of
// 127.0.0.1, which other machines cannot reach.
func listenAddress(text string) string {
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return net.JoinHostPort("127.0.0.1", text)
	}
	return text
}

// checkListen refuses an address that cannot be listened on.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return failure.New(failure.Usage, "--listen %s: it is not HOST:PORT", callback.Quote(address)).WithHint("write it like 127.0.0.1:8025; port 0 picks a free port")
	}
	return nil
}
