package webhook

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// The timeouts of a sender. A body of 1 MiB within readTimeout needs less
// than a megabit a second.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	idleTimeout   = 60 * time.Second
	saveTime      = 5 * time.Second // for a slow disk
)

// Listen binds a TCP address such as 127.0.0.1:8080; port 0 picks a free port.
// Connections are taken from then on.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		why := err
		var system *os.SyscallError
		var op *net.OpError
		switch {
		case errors.As(err, &system):
			why = system.Err
		case errors.As(err, &op):
			why = op.Err
		}
		return nil, failure.New(failure.Failure, "cannot listen on %s: %w", address, why).
			WithHint("choose another address with --listen HOST:PORT; port 0 picks a free port")
	}
	return listener, nil
}

// ListenURL returns the URL at which a listener takes events. One that is bound
// to every address is shown by its loopback address.
func ListenURL(listener net.Listener, path string) string {
	host := listener.Addr().String()
	if address, ok := listener.Addr().(*net.TCPAddr); ok && address.IP.IsUnspecified() {
		_, port, _ := net.SplitHostPort(host)
		host = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + host + "/" + strings.TrimPrefix(path, "/")
}

// Serve receives events until ctx ends, and closes the receiver. Then no new
// connection is taken, the events in flight are answered and reported, and Serve
// returns nil. Senders that are not done sending have as long as an event may
// take.
func Serve(ctx context.Context, listener net.Listener, receiver *Receiver) error {
	defer receiver.Close()
	grace := readTimeout + receiver.options.ForwardTimeout + receiver.options.QueueTimeout + saveTime
	server := &http.Server{
		Handler:           receiver,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      grace,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what a sender does wrong is in the answers
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return failure.New(failure.Failure, "cannot receive events: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		server.Close()
	}
	<-ended
	return nil
}
