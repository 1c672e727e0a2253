package network_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/network"
)

const password = "s3cret"

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestProxyOf(t *testing.T) {
	t.Parallel()
	const proxy = "http://user:" + password + "@proxy.example.com:3128"
	tests := []struct {
		name, target string
		env          map[string]string
		want         string
	}{
		{"none", "https://h.example.com/", nil, ""},
		{"https", "https://h.example.com/", map[string]string{"HTTPS_PROXY": proxy}, "the proxy http://proxy.example.com:3128 (HTTPS_PROXY)"},
		{"lower case", "https://h.example.com/", map[string]string{"https_proxy": proxy}, "the proxy http://proxy.example.com:3128 (https_proxy)"},
		{"http", "http://h.example.com/", map[string]string{"HTTP_PROXY": proxy}, "the proxy http://proxy.example.com:3128 (HTTP_PROXY)"},
		{"of the other scheme", "http://h.example.com/", map[string]string{"HTTPS_PROXY": proxy}, ""},
		{"in a CGI program", "http://h.example.com/", map[string]string{"HTTP_PROXY": proxy, "REQUEST_METHOD": "POST"}, ""},
		{"without a scheme", "https://h.example.com/", map[string]string{"HTTPS_PROXY": "proxy:3128"}, "the proxy http://proxy:3128 (HTTPS_PROXY)"},
		{"NO_PROXY", "https://h.example.com/", map[string]string{"HTTPS_PROXY": proxy, "NO_PROXY": "example.com"}, ""},
		{"this machine", "http://localhost.:8025/", map[string]string{"HTTP_PROXY": proxy}, ""},
		{"not a URL", "https://h.example.com/", map[string]string{"HTTPS_PROXY": "%" + password}, "error"},
		{"another scheme", "https://h.example.com/", map[string]string{"HTTPS_PROXY": "ftp://" + password}, "error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			target, err := url.Parse(test.target)
			if err != nil {
				t.Fatal(err)
			}
			found, err := network.ProxyOf(target, environment(test.env))
			got := ""
			switch {
			case err != nil:
				if got = "error"; strings.Contains(err.Error(), password) {
					t.Errorf("the error has the password: %v", err)
				}
			case found != nil:
				got = found.Name()
			}
			if got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "a.localhost": true, "localhost.localdomain": true, "ip6-localhost": true,
		"127.0.0.1": true, "127.0.0.1.": true, "127.1": true, "127.0.1": true, "0x7f.1": true, "0x7f000001": true, "0177.0.0.1": true,
		"2130706433": true, "0": true, "0.0.0.0": true, "127.255.255.254": true, "\uff11\uff12\uff17.0.0.1": true,
		"::1": true, "[::1]": true, "::": true, "::ffff:127.0.0.1": true, "::ffff:7f00:1": true, "::127.0.0.1": true, "::1%lo": true,
		"example.com": false, "localhost.example.com": false, "notlocalhost": false, "126.1": false, "128.0.0.1": false, "10.0.0.1": false,
		"::2:1": false, "fe80::1": false, "1.2.3.4.5": false, "127.0.0.256": false, "0b1": false, "": false, "12_7": false,
	} {
		if got := network.IsLoopback(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}

// send sends requests to https://h.example.com/ concurrently, and returns the errors.
func send(t *testing.T, client *http.Client, target string, n int) []error {
	t.Helper()
	errs := make([]error, n)
	var sending sync.WaitGroup
	for i := range errs {
		sending.Go(func() {
			response, err := client.Post(target, "text/plain", strings.NewReader("x"))
			if err == nil {
				response.Body.Close()
			}
			errs[i] = err
		})
	}
	sending.Wait()
	return errs
}

func TestProxyThatRefusesIsAskedOnce(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"https://h.example.com/", "http://h.example.com/"} {
		var asked atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Proxy-Authorization") == "" {
				t.Error("no password was sent")
			}
			asked.Add(1)
			w.WriteHeader(http.StatusProxyAuthRequired)
		}))
		t.Cleanup(server.Close)
		proxy := strings.Replace(server.URL, "http://", "http://user:"+password+"@", 1)
		transport := network.Through(&http.Transport{}, environment(map[string]string{"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}))
		for _, err := range send(t, &http.Client{Transport: transport}, target, 20) {
			var failed *network.ProxyError
			if !errors.As(err, &failed) || failed.Status != 407 || !failed.Reached || !strings.Contains(failed.Hint(), "sent once") || strings.Contains(err.Error(), password) {
				t.Fatalf("%s: %v", target, err)
			}
		}
		if got := asked.Load(); got != 1 {
			t.Errorf("%s: the proxy was asked %d times", target, got)
		}
	}
}

// socks serves a SOCKS5 proxy that refuses the password (RFC 1929).
func socks(t *testing.T, asked *atomic.Int32) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(conn)
			_, _ = in.Peek(4)
			_, _ = in.Discard(in.Buffered())
			_, _ = conn.Write([]byte{5, 2}) // by user and password
			_, _ = in.Peek(5)
			asked.Add(1)
			_, _ = conn.Write([]byte{1, 1}) // refused
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestSOCKSProxyThatRefusesIsAskedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	proxy := "socks5://user:" + password + "@" + socks(t, &asked)
	transport := network.Through(&http.Transport{}, environment(map[string]string{"HTTPS_PROXY": proxy}))
	for _, err := range send(t, &http.Client{Transport: transport}, "https://h.example.com/", 5) {
		var failed *network.ProxyError
		if !errors.As(err, &failed) || !failed.Reached || !strings.Contains(failed.Hint(), "sent once") || strings.Contains(err.Error(), password) {
			t.Fatalf("got %v", err)
		}
	}
	if got := asked.Load(); got != 1 {
		t.Errorf("the proxy was asked %d times", got)
	}
}

// connecting serves a proxy that answers CONNECT by a function.
func connecting(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		answer(conn)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestWhoFailed(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	tunnel := func(conn net.Conn) {
		far, err := net.Dial("tcp", secure.Listener.Addr().String())
		if err != nil {
			return
		}
		defer far.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(far, conn) }()
		_, _ = io.Copy(conn, far)
	}
	tests := []struct {
		name, proxy string
		want        string // of the error of the proxy; "" for an error of the host
		reached     bool
	}{
		{"the proxy is not there", "http://127.0.0.1:1", "cannot be reached: connection refused", false},
		{"the proxy answers another status", connecting(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 502 No\r\n\r\n") }), "answered 502 Bad Gateway", true},
		{"the SOCKS proxy is not there", "socks5://127.0.0.1:1", "cannot be reached: connection refused", false},
		{"the proxy hangs up", connecting(t, func(net.Conn) {}), "before there was a connection", true},
		{"the certificate of the host", connecting(t, tunnel), "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			transport := network.Through(&http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}, environment(map[string]string{"HTTPS_PROXY": test.proxy}))
			err := send(t, &http.Client{Transport: transport}, "https://h.example.com/", 1)[0]
			var failed *network.ProxyError
			switch isProxy := errors.As(err, &failed); {
			case isProxy != (test.want != ""):
				t.Errorf("got %v", err)
			case isProxy && (!strings.Contains(err.Error(), test.want) || failed.Reached != test.reached || !strings.Contains(failed.Hint(), "NO_PROXY")):
				t.Errorf("got %v, %t, %s", err, failed.Reached, failed.Hint())
			}
		})
	}
}

// TestTurnEndsWithTheContext checks that a request that is cancelled while it waits
// for its turn returns, and closes its body.
func TestTurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	hanging := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hanging) })
	client := &http.Client{Transport: network.Through(&http.Transport{}, environment(map[string]string{"HTTP_PROXY": server.URL}))}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 3)
	for range cap(done) {
		request, err := http.NewRequestWithContext(ctx, "GET", "http://h.example.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			response, err := client.Do(request)
			if err == nil {
				response.Body.Close()
			}
			done <- err
		}()
	}
	cancel()
	for range cap(done) {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// TestSilentProxy has proxies that do not answer. Only one that has connected to the
// host is not at fault.
func TestSilentProxy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answer string
		canceled     bool
		fault        bool
	}{
		{"silent", "", false, true},
		{"silent, and interrupted", "", true, false},
		{"half an answer", "HTTP/1.1 200", false, true},
		{"connected to a silent host", "HTTP/1.1 200 OK\r\n\r\n", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { listener.Close() })
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				t.Cleanup(func() { conn.Close() })
				_, _ = io.WriteString(conn, test.answer)
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if test.canceled {
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			transport := network.Through(&http.Transport{}, environment(map[string]string{"HTTPS_PROXY": "http://user:" + password + "@" + listener.Addr().String()}))
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://h.example.com/", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = transport.RoundTrip(request)
			var failed *network.ProxyError
			if errors.As(err, &failed) != test.fault || err == nil || strings.Contains(err.Error(), password) {
				t.Errorf("got %v", err)
			}
			if test.fault && !strings.HasSuffix(err.Error(), "(HTTPS_PROXY) did not connect to the host within the timeout") {
				t.Errorf("got %v", err)
			}
		})
	}
}
