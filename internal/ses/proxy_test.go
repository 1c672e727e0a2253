package ses

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// TestProxy reaches the endpoint through the proxy that the environment names.
func TestProxy(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	e := openEmulator(t, renamed(t))
	service := serveTLS(t, ca.issue(t, "ses.far.example", time.Now().Add(time.Hour)), e)
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		tunnel(w, service.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		c := newClient(t, Options{Endpoint: "https://ses.far.example", CAFile: ca.file, Table: renamed(t), Getenv: env(map[string]string{name: proxy.URL})})
		if _, err := c.Load(t.Context(), callback.PartAccount); err != nil {
			t.Fatal(err)
		}
		if got := <-asked; got != "CONNECT ses.far.example:443" {
			t.Errorf("the proxy was asked %q", got)
		}
	}
	// NO_PROXY excludes it.
	c := newClient(t, Options{Endpoint: "https://ses.far.invalid", Getenv: env(map[string]string{"HTTPS_PROXY": proxy.URL, "NO_PROXY": ".invalid"})})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Load(ctx, callback.PartAccount)
	checkError(t, err, failure.Interrupted)
	if len(asked) != 0 {
		t.Errorf("the proxy was asked %q", <-asked)
	}
}

func tunnel(w http.ResponseWriter, address string) {
	far, err := net.Dial("tcp", address)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

func TestProxyFaults(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	t.Cleanup(refusing.Close)
	withPassword := func(base string) string {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword("user", leak)
		return u.String()
	}
	for name, test := range map[string]struct {
		proxy string
		texts []string
	}{
		"closed":   {withPassword("http://" + closedAddress), []string{"the proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be reached: connection refused"}},
		"refusing": {withPassword(refusing.URL), []string{"the proxy " + refusing.URL + " (HTTPS_PROXY) answered 407 Proxy Authentication Required", "sent once"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{Endpoint: "https://ses.far.example", Getenv: env(map[string]string{"HTTPS_PROXY": test.proxy})})
			_, err := c.Load(t.Context(), callback.PartAccount)
			checkError(t, err, failure.Failure, test.texts...)
			if e := checkError(t, put(c, callback.Account(), secretURL, ""), failure.Failure, test.texts...); e.Unknown {
				t.Error("a write that could not leave counts as unknown")
			}
		})
	}
}

// TestProxyPasswordIsSentOnce reads everything at the same time, twice.
func TestProxyPasswordIsSentOnce(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int32{http.StatusProxyAuthRequired: 1, http.StatusBadGateway: 4} {
		var asked atomic.Int32
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(status)
		}))
		t.Cleanup(proxy.Close)
		c := newClient(t, Options{Endpoint: "https://ses.far.example", Getenv: env(map[string]string{"HTTPS_PROXY": proxy.URL})})
		for range 2 {
			_, err := c.Load(t.Context(), callback.PartCallbacks)
			checkError(t, err, failure.Failure, "the proxy "+proxy.URL+" (HTTPS_PROXY) answered "+strconv.Itoa(status))
			if strings.Contains(err.Error(), "far.example") {
				t.Errorf("the service is blamed: %v", err)
			}
		}
		if got := asked.Load(); got > want {
			t.Errorf("%d: the proxy was asked %d times", status, got)
		}
	}
}

func TestProxyThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, proxy := range []string{"http://user:" + leak + "@[::1", "%" + leak, "ftp://" + leak + ".example"} {
		_, err := New(Options{Endpoint: "https://ses.far.example", Credentials: localCredentials(), Getenv: env(map[string]string{"https_proxy": proxy})})
		checkError(t, err, failure.Usage, "https_proxy")
		// The proxy does not matter for an endpoint that is reached without it.
		_, err = New(Options{Endpoint: "https://127.0.0.1", Credentials: localCredentials(), Getenv: env(map[string]string{"https_proxy": proxy})})
		if err != nil {
			t.Error(err)
		}
	}
}
