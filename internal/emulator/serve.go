package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// Limits of [Serve].
const (
	maxHeaderTime  = 10 * time.Second
	maxReadTime    = time.Minute
	maxWriteTime   = time.Minute
	maxIdleTime    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	// stopGrace is how long requests that are being served may take to end.
	stopGrace = 3 * time.Second
)

// Serve answers HTTP on l with h until ctx ends. Then it accepts no more, lets
// the requests that it is serving end for up to three seconds, and returns nil.
// It closes l.
//
// It takes the "http://" off Host headers, which Tencent's command-line tool
// sends over plain HTTP and Go's server refuses.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: maxHeaderTime,
		ReadTimeout:       maxReadTime,
		WriteTimeout:      maxWriteTime,
		IdleTimeout:       maxIdleTime,
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
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
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
