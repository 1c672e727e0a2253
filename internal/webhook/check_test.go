package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

const host = "hooks.example.com"

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
	}
}

// find returns "status: detail" of the steps with a name.
func find(r Report, name string) string {
	var found []string
	for _, step := range r.Steps {
		if step.Name == name {
			found = append(found, string(step.Status)+": "+step.Detail)
		}
	}
	return strings.Join(found, "\n")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example.com/x?token=secret", http.StatusFound)
	}
	early := func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		silentConn(conn)
	}
	tests := []struct {
		name   string
		server func(*testing.T) func(net.Conn)
		want   Status
		step   string
		finds  string
	}{
		{"answers", func(t *testing.T) func(net.Conn) { return httpConn(t, status(204)) }, OK, StepPost, "ok: answered 204 No Content"},
		{"fails", func(t *testing.T) func(net.Conn) { return httpConn(t, status(500)) }, Fail, StepPost, "fail: answered 500 Internal Server Error"},
		{"redirects", func(t *testing.T) func(net.Conn) { return httpConn(t, redirect) }, Fail, StepPost,
			`fail: answered 302 Found, a redirect to "elsewhere.example.com"; an event is answered where it arrives`},
		{"is silent", func(*testing.T) func(net.Conn) { return silentConn }, Fail, StepPost, "fail: no answer within the timeout"},
		{"drops packets", func(*testing.T) func(net.Conn) { return nil }, Fail, StepTCP, "fail: 203.0.113.7:8080: no answer within the timeout"},
		{"answers a gigabyte", func(t *testing.T) func(net.Conn) { return httpConn(t, endless) }, OK, StepPost, "ok: answered 200 OK"},
		{"answers before it reads", func(*testing.T) func(net.Conn) { return early }, OK, StepPost, "ok: answered 200 OK"},
		{"hangs up", func(*testing.T) func(net.Conn) { return func(c net.Conn) { c.Close() } }, Fail, StepPost,
			"fail: the connection was closed before an answer arrived"},
		{"is not an HTTP server", func(*testing.T) func(net.Conn) {
			return func(c net.Conn) {
				_, _ = io.WriteString(c, "220 mail \"secret\" ready\r\n")
				silentConn(c)
			}
		}, Fail, StepPost, "fail: the answer is not HTTP"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeNet{names: map[string][]string{host: {"203.0.113.7"}}, at: map[string]func(net.Conn){"203.0.113.7:8080": test.server(t)}}
				checker := &Checker{Network: fake.network()}
				start := time.Now()
				got := checker.Check(t.Context(), callback.NewURL("http://user:secret@"+host+":8080/ses?token=secret"))
				if got.Status != test.want || find(got, test.step) != test.finds {
					t.Errorf("%s\n%s", got.Status, find(got, test.step))
				}
				if elapsed := time.Since(start); elapsed > 10*time.Second {
					t.Errorf("it took %v", elapsed)
				}
				steps, err := json.Marshal(got.Steps)
				if err != nil || strings.Contains(string(steps), "secret") {
					t.Errorf("%s, %v", steps, err)
				}
			})
		})
	}
}

func TestCheckAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		url     string
		names   []string
		allow   bool
		want    Status
		wantDNS string
		wantTCP string
	}{
		{"no such host", "http://gone.example.com:8080/", nil, false, Fail, "fail: gone.example.com: no such host", "skip: there is no address to connect to"},
		{"resolver is silent", "http://hooks.example.com:8080/", []string{silent}, false, Fail,
			"fail: hooks.example.com: no answer within the timeout", "skip: there is no address to connect to"},
		{"no address", "http://hooks.example.com:8080/", []string{}, false, Fail, "fail: hooks.example.com: no address", "skip: there is no address to connect to"},
		{"private", "http://hooks.example.com:8080/", []string{"10.0.0.1"}, false, Fail,
			"fail: hooks.example.com: the internet cannot reach 10.0.0.1", "skip: there is no address to connect to"},
		{"mapped loopback", "http://hooks.example.com:8080/", []string{"::ffff:127.0.0.1"}, false, Fail,
			"fail: hooks.example.com: the internet cannot reach 127.0.0.1", "skip: there is no address to connect to"},
		{"private allowed", "http://hooks.example.com:8080/", []string{"10.0.0.1"}, true, OK, "ok: hooks.example.com: 10.0.0.1", "ok: 10.0.0.1:8080: connected"},
		{"an address as host", "http://203.0.113.7:8080/", nil, false, OK, "ok: 203.0.113.7: 203.0.113.7", "ok: 203.0.113.7:8080: connected"},
		{"a loopback address as host", "http://[::1]:8080/", nil, false, Fail, "fail: ::1: the internet cannot reach ::1", "skip: there is no address to connect to"},
		{"refused", "http://hooks.example.com:9999/", []string{"203.0.113.7"}, false, Fail,
			"ok: hooks.example.com: 203.0.113.7", "fail: 203.0.113.7:9999: connection refused"},
		{"one of two refuses", "http://hooks.example.com:8080/", []string{"203.0.113.8", "203.0.113.7"}, false, Warn,
			"ok: hooks.example.com: 203.0.113.8, 203.0.113.7", "warn: 203.0.113.8:8080: connection refused\nok: 203.0.113.7:8080: connected"},
		{"one of two drops packets", "http://hooks.example.com:8080/", []string{"203.0.113.9", "203.0.113.7"}, false, Warn,
			"ok: hooks.example.com: 203.0.113.9, 203.0.113.7", "warn: 203.0.113.9:8080: no answer within the timeout\nok: 203.0.113.7:8080: connected"},
		{"an international name", "http://HÖÖKS.example.com:8080/", []string{"203.0.113.7"}, false, OK,
			"ok: xn--hks-snaa.example.com: 203.0.113.7", "ok: 203.0.113.7:8080: connected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer := httpConn(t, status(200))
				fake := &fakeNet{names: map[string][]string{}, at: map[string]func(net.Conn){
					"203.0.113.7:8080": answer, "10.0.0.1:8080": answer, "203.0.113.9:8080": nil,
				}}
				if test.names != nil {
					fake.names["hooks.example.com"], fake.names["xn--hks-snaa.example.com"] = test.names, test.names
				}
				checker := &Checker{Network: fake.network(), AllowPrivate: test.allow}
				got := checker.Check(t.Context(), callback.NewURL(test.url))
				if got.Status != test.want || find(got, StepDNS) != test.wantDNS || find(got, StepTCP) != test.wantTCP {
					t.Errorf("%s\n%s\n%s\n%s", got.Status, find(got, StepDNS), find(got, StepTCP), find(got, StepPost))
				}
			})
		})
	}
}

func TestCheckURLThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for rawURL, want := range map[string]string{
		"http://a\x00secret":      "fail: the URL cannot be parsed",
		"ftp://secret/":           "fail: the scheme is not http or https",
		"https:///path?secret=ab": "fail: the URL has no host",
	} {
		if got := new(Checker).Check(t.Context(), callback.NewURL(rawURL)); got.Status != Fail || find(got, StepURL) != want {
			t.Errorf("%q: %+v", rawURL, got.Steps)
		}
	}
}

func TestCheckSendsAMarkedSample(t *testing.T) {
	t.Parallel()
	var posted atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		posted.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		e, err := event.Decode(body)
		if err != nil || e.Validate() != nil || e.Type != event.Delivered || e.Header(TestField) != "check" {
			t.Errorf("%s: %v, %v", body, err, e.Validate())
		}
		user, password, _ := r.BasicAuth()
		if r.Method != "POST" || r.Header.Get(TestHeader) != "check" || r.Header.Get("Content-Type") != "application/json" ||
			user != "u" || password != "p" || r.URL.RawQuery != "token=x" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
	}))
	t.Cleanup(server.Close)
	rawURL := strings.Replace(server.URL, "http://", "http://u:p@", 1) + "/ses?token=x"
	checker := &Checker{AllowPrivate: true}
	if got := checker.Check(t.Context(), callback.NewURL(rawURL)); got.Status != OK || got.URL.Whole() != rawURL {
		t.Errorf("%+v", got)
	}
	checker.NoPost = true
	if got := checker.Check(t.Context(), callback.NewURL(rawURL)); got.Status != OK || find(got, StepPost) != "skip: not asked for" || posted.Load() != 1 {
		t.Errorf("%+v, %d posts", got, posted.Load())
	}
}

func TestCheckAllEndsWithinOneTimeLimit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                       string
		total, everySilent, okWant int
	}{
		{"a tenth silent", 200, 10, 180},
		{"all silent", 200, 1, 0},
		{"more than start at once", 1000, 5, 800},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeNet{names: map[string][]string{}, at: map[string]func(net.Conn){}}
				answer := httpConn(t, status(200))
				var urls []callback.URL
				for i := range test.total {
					name, ip := fmt.Sprintf("h%d.example.com", i), fmt.Sprintf("203.0.%d.%d", i/200, i%200)
					fake.names[name] = []string{ip}
					fake.at[ip+":8080"] = answer
					if i%test.everySilent == 0 {
						fake.at[ip+":8080"] = silentConn
					}
					urls = append(urls, callback.NewURL("http://"+name+":8080/"))
				}
				checker := &Checker{Network: fake.network(), Timeout: 5 * time.Second}
				start := time.Now()
				told := map[int]Report{}
				reports := checker.CheckAll(t.Context(), urls, func(i int, r Report) { told[i] = r })
				if elapsed := time.Since(start); elapsed > 5*time.Second {
					t.Errorf("it took %v", elapsed)
				}
				good := 0
				for i, report := range reports {
					if report.URL != urls[i] || told[i].Status != report.Status {
						t.Fatalf("report %d is of %s", i, report.URL)
					}
					if report.Status == OK {
						good++
					}
				}
				if good != test.okWant {
					t.Errorf("%d are good", good)
				}
			})
		})
	}
}

func TestCheckAllStartsSideBySideWithinBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		fake := &fakeNet{names: map[string][]string{host: {"203.0.113.7"}}, at: map[string]func(net.Conn){
			"203.0.113.7:8080": func(c net.Conn) { c.Close() },
		}}
		network := fake.network()
		network.Resolver = lookupFunc(func() {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Millisecond) // of the bubble
			now.Add(-1)
		})
		checker := &Checker{Network: network, Parallel: 3, NoPost: true}
		checker.CheckAll(t.Context(), make([]callback.URL, 0), nil)
		urls := make([]callback.URL, 50)
		for i := range urls {
			urls[i] = callback.NewURL("http://" + host + ":8080/")
		}
		checker.CheckAll(t.Context(), urls, nil)
		if most.Load() != 3 {
			t.Errorf("%d at once", most.Load())
		}
	})
}
