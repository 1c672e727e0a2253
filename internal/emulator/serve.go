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

// limits is how long a server waits for its clients.
type limits struct {
	header, read, write, idle time.Duration
	grace                     time.Duration // for requests that are being served when it stops
}

func defaultLimits() limits {
	return limits{header: 10 * time.Second, read: time.Minute, write: time.Minute, idle: 2 * time.Minute, grace: 3 * time.Second}
}

// Serve answers HTTP on l with h until ctx ends. Then it accepts no more, lets
// the requests that it is serving end for up to three seconds, and returns nil.
// It closes l.
//
// A client has 10 seconds to send a head, of at most 64 KiB, a minute to send a
// whole request, and two minutes until its next one.
//
// It takes the "http://" off Host headers, which Tencent's command-line tool
// sends over plain HTTP and Go's server refuses.
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
	go func() { served <- server.Serve(mendingListener{l}) }()
	select {
	case err := <-served:
		_ = server.Close()
		return failure.New(failure.Failure, "serving on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		// What is left did not end in time: slow clients, or none at all.
		_ = server.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return failure.New(failure.Failure, "serving on %s: %w", l.Addr(), err)
	}
	return nil
}
