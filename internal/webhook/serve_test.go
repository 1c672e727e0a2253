package webhook

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

func TestServeDrains(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(target.Close)
	listener, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var told collect
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	receiver := NewReceiver(ReceiverOptions{Forward: []string{target.URL}, OnEvent: told.add})
	go func() { served <- Serve(ctx, listener, receiver) }()
	answered := make(chan int, 1)
	go func() {
		response, err := http.Post(ListenURL(listener, "/ses"), "application/json", strings.NewReader(openEvent))
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	<-arrived
	stop()
	close(release)
	if code := <-answered; code != http.StatusAccepted {
		t.Errorf("the event in flight was answered %d", code)
	}
	if err := <-served; err != nil || len(told.received) != 1 {
		t.Errorf("%v, reported %d times", err, len(told.received))
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

// A thousand senders of a byte a second, in the time of the bubble.
func TestServeIsNotBlockedBySlowSenders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		receiver := NewReceiver(ReceiverOptions{})
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, listener, receiver) }()
		head := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
		var slow sync.WaitGroup
		for i := range 1000 {
			slow.Go(func() {
				conn, _ := listener.dial(ctx, "", "")
				defer conn.Close()
				text := strings.Repeat("x", 60) // half of them never end the head
				go func() { _, _ = io.Copy(io.Discard, conn) }()
				if i%2 == 0 {
					_, _ = io.WriteString(conn, head)
				}
				for _, b := range []byte(text) {
					time.Sleep(time.Second)
					if _, err := conn.Write([]byte{b}); err != nil {
						return
					}
				}
				t.Error("a slow sender was not cut off")
			})
		}
		time.Sleep(3 * time.Second)
		client := &http.Client{Transport: &http.Transport{DialContext: listener.dial}}
		start := time.Now()
		for range 10 {
			response, err := client.Post("http://x/", "application/json", strings.NewReader(openEvent))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a good sender waited %v", waited)
		}
		slow.Wait()
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("the slow ones held on for %v", took)
		}
		client.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func TestListenOnAPortInUse(t *testing.T) {
	t.Parallel()
	first, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	address := first.Addr().String()
	_, err = Listen(t.Context(), address)
	var failed *failure.Error
	if !errors.As(err, &failed) || failed.Kind != failure.Failure || !strings.HasPrefix(err.Error(), "cannot listen on "+address+": ") || len(failed.Hints) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := Listen(t.Context(), "nonsense"); err == nil {
		t.Error("no error for an address that is none")
	}
}

func TestListenURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"127.0.0.1:81": "http://127.0.0.1:81/a", "[::]:81": "http://127.0.0.1:81/a", "[::1]:81": "http://[::1]:81/a"} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := ListenURL(addrListener{tcp}, "/a"); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

type addrListener struct{ addr net.Addr }

func (addrListener) Accept() (net.Conn, error) { return nil, errors.New("too many open files") }
func (addrListener) Close() error              { return nil }
func (l addrListener) Addr() net.Addr          { return l.addr }

func TestServeWhenTheListenerFails(t *testing.T) {
	t.Parallel()
	err := Serve(t.Context(), addrListener{}, NewReceiver(ReceiverOptions{}))
	if err == nil || err.Error() != "cannot receive events: too many open files" {
		t.Errorf("got %v", err)
	}
}
