package webhook

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

func messages(names ...string) []Message {
	var list []Message
	for _, name := range names {
		list = append(list, Message{Name: name, Body: []byte(openEvent)})
	}
	return list
}

func TestSend(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}
	early := func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		silentConn(conn)
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
	}
	tests := []struct {
		name     string
		server   func(*testing.T) func(net.Conn)
		statuses map[int]int
		failures map[string]int
	}{
		{"success", func(t *testing.T) func(net.Conn) { return httpConn(t, status(200)) }, map[int]int{200: 4}, map[string]int{}},
		{"failure", func(t *testing.T) func(net.Conn) { return httpConn(t, status(503)) }, map[int]int{503: 4}, map[string]int{"answered 503 Service Unavailable": 4}},
		{"redirect", func(t *testing.T) func(net.Conn) { return httpConn(t, redirect) }, map[int]int{307: 4}, map[string]int{"answered 307 Temporary Redirect": 4}},
		{"silent", func(*testing.T) func(net.Conn) { return silentConn }, map[int]int{}, map[string]int{"no answer within the timeout": 4}},
		{"a gigabyte", func(t *testing.T) func(net.Conn) { return httpConn(t, endless) }, map[int]int{200: 4}, map[string]int{}},
		{"answers before it reads", func(*testing.T) func(net.Conn) { return early }, map[int]int{200: 4}, map[string]int{}},
		{"hangs up", func(*testing.T) func(net.Conn) { return func(c net.Conn) { c.Close() } }, map[int]int{},
			map[string]int{"the connection was closed before an answer arrived": 4}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeNet{at: map[string]func(net.Conn){host + ":8080": test.server(t)}}
				sender := &Sender{Network: fake.network(), Concurrency: 2, Timeout: time.Second}
				told := 0
				got, err := sender.Send(t.Context(), "http://"+host+":8080/?token=secret", Repeat(messages("a"), 4), func(Outcome) { told++ })
				if err != nil || got.Sent != 4 || told != 4 || !maps.Equal(got.Statuses, test.statuses) || !maps.Equal(got.Failures, test.failures) {
					t.Errorf("%+v, reported %d, %v", got, told, err)
				}
			})
		})
	}
}

func TestSendRefused(t *testing.T) {
	t.Parallel()
	fake := &fakeNet{at: map[string]func(net.Conn){}}
	got, err := (&Sender{Network: fake.network()}).Send(t.Context(), "https://"+host+":8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Failures["connection refused"] != 1 || got.Failed != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendUntrustedCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca := newAuthority(t, now)
	network := tlsServer(t, ca.issue("other.example.com", now.Add(-time.Hour), now.Add(time.Hour), false))
	network.RootCAs = ca.pool()
	got, err := (&Sender{Network: network}).Send(t.Context(), "https://"+host+":8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Failures["the certificate is not trusted: it is for other.example.com, not for "+host] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = (&Sender{Network: network}).Send(t.Context(), "https://other.example.com:8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Statuses[200] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendHeaders(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Host != "virtual.example.com" || r.Header.Get("X-One") != "1" || r.Header.Get("X-Two") != "2" ||
			r.Header.Get("Content-Type") != "text/plain" || r.Header.Get("User-Agent") != "mine" {
			t.Errorf("%s %v", r.Host, r.Header)
		}
	}))
	t.Cleanup(server.Close)
	sender := &Sender{Header: http.Header{"Host": {"virtual.example.com"}, "x-one": {"1"}, "User-Agent": {"mine"}}}
	message := Message{Body: []byte("x"), ContentType: "text/plain", Header: http.Header{"x-two": {"2"}}}
	if got, err := sender.Send(t.Context(), server.URL, Repeat([]Message{message}, 1), nil); err != nil || got.Failed != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendRefusesArguments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url    string
		header http.Header
		want   string
	}{
		{"ftp://x/?token=secret", nil, `"ftp://x/?token=***" is not an http or https URL`},
		{"http:///x", nil, `"http:///x" is not an http or https URL`},
		{"http://x/", http.Header{"a b": {"secret"}}, `"a b" is not the name of a header`},
		{"http://x/", http.Header{"f g": {""}, "e f": {""}, "d e": {""}, "c d": {""}, "a b": {""}}, `"a b" is not the name of a header`},
		{"http://x/", http.Header{"A": {"secret\n"}}, `the value of the header "A" contains a character that is not allowed in headers`},
	}
	for _, test := range tests {
		_, err := (&Sender{Header: test.header}).Send(t.Context(), test.url, Repeat(messages("a"), 1), nil)
		if err == nil || err.Error() != test.want || failure.KindOf(err) != failure.Usage {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func TestSendRateHoldsOverALongRun(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []float64{0.5, 5, 200, 2000} {
		synctest.Test(t, func(t *testing.T) {
			fake := &fakeNet{at: map[string]func(net.Conn){host + ":8080": httpConn(t, status(200))}}
			sender := &Sender{Network: fake.network(), Concurrency: 4, Rate: perSecond}
			n := int(perSecond * 10)
			start := time.Now()
			got, err := sender.Send(t.Context(), "http://"+host+":8080/", Repeat(messages("a"), n), nil)
			want := time.Duration(float64(n-1) / perSecond * float64(time.Second))
			if took := time.Since(start); err != nil || got.Sent != n || (took-want).Abs() > want/100 {
				t.Errorf("%g a second: %d in %v, want %v; %v", perSecond, got.Sent, took, want, err)
			}
		})
	}
}

func TestSendIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var answered atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if answered.Add(1) == 3 {
			stop()
		}
	}))
	t.Cleanup(server.Close)
	got, err := new(Sender).Send(ctx, server.URL, Repeat(messages("a"), 1000), nil)
	if err != nil || got.Sent != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSendThroughAProxy checks that the answer of a proxy is not blamed on the receiver,
// that an event that the proxy did not pass on does not count as sent, and that a
// refused password is sent once.
func TestSendThroughAProxy(t *testing.T) {
	t.Parallel()
	const proxyIs = "the proxy http://PROXY (HTTP_PROXY) "
	for _, test := range []struct {
		code                int
		header              string
		want                string
		sent, unsent, asked int
	}{
		{407, "Any", proxyIs + "answered 407 Proxy Authentication Required", 0, 1, 1},
		{403, "Proxy-Authenticate", proxyIs + "answered 403 Forbidden", 0, 3, 3},
		{503, "X-Squid-Error", proxyIs + "answered 503 Service Unavailable", 0, 3, 3},
		{502, "Proxy-Status", proxyIs + "answered 502 Bad Gateway", 0, 3, 3},
		{502, "Any", "answered 502 Bad Gateway (through the proxy http://PROXY (HTTP_PROXY))", 3, 0, 3},
		{200, "X-Squid-Error", "", 3, 0, 3},
	} {
		asked := 0
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.Header().Set(test.header, "proxy; error=http_request_denied")
			w.WriteHeader(test.code)
		}))
		t.Cleanup(proxy.Close)
		address := strings.TrimPrefix(proxy.URL, "http://")
		s := &Sender{Network: Network{Getenv: func(name string) string {
			if name == "HTTP_PROXY" {
				return "http://user:s3cret@" + address
			}
			return ""
		}}}
		sum, err := s.Send(t.Context(), "http://hooks.example.com:8080/", Repeat([]Message{{Name: "open"}}, 3), func(o Outcome) {
			got := ""
			if o.Err != nil {
				got = o.Err.Error()
			}
			if got != strings.Replace(test.want, "PROXY", address, 1) {
				t.Errorf("%d: %s", test.code, got)
			}
		})
		if err != nil || sum.Sent != test.sent || sum.Unsent != test.unsent || asked != test.asked || test.want != "" && sum.Accepted() != 0 {
			t.Errorf("%d %s: %+v, asked %d times, %v", test.code, test.header, sum, asked, err)
		}
	}
	s := &Sender{Network: Network{Getenv: func(string) string { return "%s3cret" }}}
	if _, err := s.Send(t.Context(), "http://hooks.example.com:8080/", Repeat(nil, 0), nil); err == nil || failure.KindOf(err) != failure.Usage || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
