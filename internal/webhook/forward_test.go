package webhook

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestForward(t *testing.T) {
	t.Parallel()
	reply := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/x-test")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	tests := []struct {
		name     string
		first    func(*testing.T) func(net.Conn)
		want     int
		wantBody string
		wantErr  string
		took     time.Duration
	}{
		{"success", func(t *testing.T) func(net.Conn) { return httpConn(t, reply(202, "taken")) }, 202, "taken", "", 0},
		{"failure", func(t *testing.T) func(net.Conn) { return httpConn(t, reply(500, "no")) }, 500, "no", "", 0},
		{"redirect", func(t *testing.T) func(net.Conn) { return httpConn(t, reply(302, "")) }, 302, "", "", 0},
		{"hangs", func(*testing.T) func(net.Conn) { return silentConn }, 504, "the event could not be forwarded\n",
			"forward to http://first.example.com:8080/?token=***: no answer within the timeout", 3 * time.Second},
		{"hangs up", func(*testing.T) func(net.Conn) { return func(c net.Conn) { c.Close() } }, 502, "the event could not be forwarded\n",
			"forward to http://first.example.com:8080/?token=***: the connection was closed before an answer arrived", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeNet{at: map[string]func(net.Conn){
					"first.example.com:8080": test.first(t), "good.example.com:8080": httpConn(t, status(200)), "hangs.example.com:8080": silentConn,
				}}
				var told collect
				r := NewReceiver(ReceiverOptions{
					Network: fake.network(), OnEvent: told.add, ForwardTimeout: 3 * time.Second,
					Forward: []string{"http://first.example.com:8080/?token=secret", "http://good.example.com:8080/", "http://hangs.example.com:8080/",
						"http://refused.example.com:8080/", "http://bad host/"},
				})
				start := time.Now()
				w := post(r, strings.NewReader(openEvent))
				if w.Code != test.want || w.Body.String() != test.wantBody || time.Since(start) != test.took {
					t.Errorf("%d %q after %v", w.Code, w.Body, time.Since(start))
				}
				r.Close()
				got := told.received[0]
				if message := errorText(got.Err); got.Status != test.want || message != test.wantErr {
					t.Errorf("reported %d, %s", got.Status, message)
				}
				for i, want := range []string{test.wantErr, "", "forward to http://hangs.example.com:8080/: no answer within the timeout",
					"forward to http://refused.example.com:8080/: connection refused", "forward to http://bad ***/: the URL cannot be used for a request"} {
					if message := errorText(got.Answers[i].Err); message != want {
						t.Errorf("answer %d: %s", i, message)
					}
				}
				wantUnsent := int64(3)
				if test.want/100 != 2 {
					wantUnsent++
				}
				if r.Stats().Unsent != wantUnsent {
					t.Errorf("%+v", r.Stats())
				}
			})
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestForwardPassesTheEventOnAsItIs(t *testing.T) {
	t.Parallel()
	const body = "{\n\"event\": \"open\",  \"x\": 1.50}"
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != body || r.Header.Get("X-Custom") != "kept" || r.Header.Get("Te") != "" || r.Header.Get("User-Agent") != "sender" {
			t.Errorf("%q %v %v", got, r.Header, err)
		}
	}))
	t.Cleanup(target.Close)
	r := NewReceiver(ReceiverOptions{Forward: []string{target.URL}})
	w := post(r, strings.NewReader(body), func(request *http.Request) {
		request.Header = http.Header{"X-Custom": {"kept"}, "Te": {"trailers"}, "User-Agent": {"sender"}}
	})
	r.Close()
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

func TestForwardToItselfEnds(t *testing.T) {
	t.Parallel()
	var r *Receiver
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) { r.ServeHTTP(w, request) }))
	t.Cleanup(server.Close)
	r = NewReceiver(ReceiverOptions{Forward: []string{server.URL}})
	if w := post(r, strings.NewReader(openEvent)); w.Code != http.StatusLoopDetected {
		t.Errorf("status %d", w.Code)
	}
	r.Close()
	if r.Stats() != (Stats{Events: 1, Failed: 1, Unsent: 1, Refused: 1}) {
		t.Errorf("%+v", r.Stats())
	}
}
