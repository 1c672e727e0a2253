package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

const maxHeaderBytes = 64 << 10

// limits has the timeouts of a server.
type limits struct {
	header, read, write, idle time.Duration
	grace                     time.Duration // for requests in flight when the server stops
}

func defaultLimits() limits {
	return limits{header: 10 * time.Second, read: time.Minute, write: time.Minute, idle: 2 * time.Minute, grace: 3 * time.Second}
}

// Serve answers HTTP on l with h until ctx ends. Then it closes l, waits up to three
// seconds for requests in flight, and returns nil.
//
// A client has 10 seconds to send the head of a request, which can have up to 64 KiB.
// It has one minute to send the request in full, and two minutes to begin the next
// request on the same connection.
//
// Serve removes "http://" and a last slash from Host headers. Tencent's command-line tool
// sends "http://" over plain HTTP, and several SDKs send the slash of an endpoint that
// ends with one. Go's server would refuse such requests.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	return serve(ctx, l, h, defaultLimits())
}

func serve(ctx context.Context, l net.Listener, h http.Handler, limits limits) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: limits.header,
		ReadTimeout:       limits.read,
		WriteTimeout:      limits.write,
		IdleTimeout:       limits.idle,
		MaxHeaderBytes:    maxHeaderBytes,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(repairingListener{l}) }()
	select {
	case err := <-served:
		_ = server.Close()
		return failure.New(failure.Failure, "cannot serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		// Only connections that did not end in time are left.
		_ = server.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return failure.New(failure.Failure, "cannot serve on %s: %w", l.Addr(), err)
	}
	return nil
}
