package emulator_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

// withServer returns an emulator whose account callback is a test server.
func withServer(t *testing.T, server *httptest.Server, o emulator.DeliveryOptions) *emulator.Emulator {
	t.Helper()
	return withURL(t, server.URL, o)
}

func withURL(t *testing.T, url string, o emulator.DeliveryOptions) *emulator.Emulator {
	t.Helper()
	options := emulator.Options{Deliveries: o}
	_, port, err := net.SplitHostPort(strings.TrimSuffix(url[strings.Index(url, "//")+2:], "/"))
	if err != nil {
		t.Fatal(err)
	}
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	options.Policy.Ports = []int{number}
	e := open(t, options)
	must(t, e, "UpdateWebhookUrl", fmt.Sprintf(`{"Url":%q}`, url))
	return e
}

// TestAnswersOfCallbacks uses real connections.
func TestAnswersOfCallbacks(t *testing.T) {
	t.Parallel()
	once := emulator.DeliveryOptions{Pauses: []time.Duration{}, Timeout: 5 * time.Second}
	short := once
	short.Timeout = 50 * time.Millisecond
	tests := map[string]struct {
		options emulator.DeliveryOptions
		handler http.HandlerFunc
		want    string
	}{
		"anywhere": {emulator.DeliveryOptions{Anywhere: true}, func(http.ResponseWriter, *http.Request) {}, "delivered accepted 1"},
		"200":      {once, func(http.ResponseWriter, *http.Request) {}, "delivered accepted 1"},
		"endless body": {once, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		}, "delivered accepted 1"},
		"redirect": {once, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/other" {
				t.Error("a redirect was followed")
			}
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		}, "delivered failed 1: answered 307"},
		"hangs":   {short, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "delivered failed 1: no answer in 50ms"},
		"dropped": {once, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "delivered failed 1: the connection was closed without an answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" ||
					r.Header.Get("User-Agent") != "sesctl-emulator" || err != nil || !strings.HasPrefix(string(body), `{"event":"delivered"`) {
					t.Errorf("%s %v: %s, %v", r.Method, r.Header, body, err)
				}
				test.handler(w, r)
			}))
			t.Cleanup(server.Close)
			e := withServer(t, server, test.options)
			send(t, e, "a@x.com")
			settle(t, e)
			if got := summary(t, e); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestCallbackThatIsNotHTTP(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, "220 mail.example.com ESMTP token=secret\r\n")
			c.Close()
		}
	}()
	e := withURL(t, "http://"+l.Addr().String()+"/", emulator.DeliveryOptions{Pauses: []time.Duration{}})
	send(t, e, "a@x.com")
	settle(t, e)
	if got := summary(t, e); !strings.HasPrefix(got, "delivered failed 1: ") || strings.Contains(got, "secret") {
		t.Error(got)
	}
}

// closedAddress has a port that the system never assigns by itself. The port of a
// closed server could by now belong to another test.
const closedAddress = "127.0.0.1:1"

func TestCallbackThatRefuses(t *testing.T) {
	t.Parallel()
	e := withURL(t, "http://"+closedAddress+"/", emulator.DeliveryOptions{Pauses: []time.Duration{}})
	send(t, e, "a@x.com")
	settle(t, e)
	got := summary(t, e)
	if !strings.HasPrefix(got, "delivered failed 1: dial tcp") || strings.Contains(got, "http") {
		t.Error(got)
	}
}
