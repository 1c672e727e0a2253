package emulator

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func serveWith(t *testing.T, h http.Handler, l limits) (address string, stop func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, h, l) }()
	return listener.Addr().String(), func() error {
		cancel()
		return <-served
	}
}

// TestLimits checks that the server disconnects clients that send too slowly or too
// much.
func TestLimits(t *testing.T) {
	t.Parallel()
	short, long := 50*time.Millisecond, time.Minute
	tests := map[string]struct {
		limits limits
		sent   string
	}{
		"nothing":     {limits{header: short, read: long, idle: long, grace: long}, ""},
		"half a line": {limits{header: short, read: long, idle: long, grace: long}, "POST / HTTP/1.1\r\nHost: http://"},
		"half a head": {limits{header: short, read: long, idle: long, grace: long}, "POST / HTTP/1.1\r\nHost: http://a\r\n"},
		"half a body": {limits{header: short, read: short, idle: long, grace: long}, "POST / HTTP/1.1\r\nHost: http://a\r\nContent-Length: 9\r\n\r\n{"},
		"no second request": {limits{header: long, read: long, idle: short, grace: long},
			"POST / HTTP/1.1\r\nHost: http://a\r\nContent-Length: 2\r\n\r\n{}"},
		"head too long": {limits{header: long, read: long, idle: long, grace: long},
			"POST / HTTP/1.1\r\nX: " + strings.Repeat("x", 2*maxHeaderBytes) + "\r\n\r\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
			address, stop := serveWith(t, read, test.limits)
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			go func() { _, _ = io.WriteString(conn, test.sent) }()
			// The read ends only when the server closes the connection.
			_, _ = io.Copy(io.Discard, conn)
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStopDoesNotWaitForever checks that Serve returns even if a request does not end
// in time.
func TestStopDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	begun, cut := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(cut)
	})
	l := defaultLimits()
	l.grace = time.Millisecond
	address, stop := serveWith(t, h, l)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := stop(); err != nil {
		t.Error(err)
	}
	<-cut
}
