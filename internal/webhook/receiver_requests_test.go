package webhook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestReceiverRefusesOtherSites(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header http.Header
		want   int
	}{
		{"a program", nil, 200},
		{"the page of the receiver", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://example.com"}}, 200},
		{"typed by the user", http.Header{"Sec-Fetch-Site": {"none"}}, 200},
		{"another site", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"another port of the site", http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://example.com:3000"}}, 403},
		{"an old browser", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"a page without an origin", http.Header{"Origin": {"null"}}, 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, allow := range []bool{false, true} {
				d := &disk{room: -1}
				r := NewReceiver(ReceiverOptions{AllowBrowser: allow, Archive: newArchive(d)})
				w := post(r, strings.NewReader(openEvent), func(r *http.Request) { r.Header = test.header.Clone() })
				r.Close()
				want := test.want
				if allow {
					want = 200
				}
				if w.Code != want || (d.file.Len() == 0) != (want == 403) {
					t.Errorf("allow %t: %d, saved %q", allow, w.Code, d.file.String())
				}
			}
		})
	}
}

func TestReceiverHealth(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "PUT"} {
		for _, health := range []bool{false, true} {
			r := NewReceiver(ReceiverOptions{Path: "/ses", Health: health})
			codes := map[string]int{}
			for _, path := range []string{"/ses", "/"} {
				w := httptest.NewRecorder()
				r.ServeHTTP(w, httptest.NewRequest(method, path, nil))
				codes[path] = w.Code
			}
			r.Close()
			want := 405
			if health && method != "PUT" {
				want = 200
			}
			if codes["/ses"] != want || codes["/"] != 404 {
				t.Errorf("%s, health %t: %v", method, health, codes)
			}
		}
	}
}

func TestReceiverRecordsTheRequest(t *testing.T) {
	t.Parallel()
	var told collect
	r := NewReceiver(ReceiverOptions{OnEvent: told.add})
	post(r, strings.NewReader("\ufeff{\"event\":\"bounce\",\"templateId\":\"7\",\"reason\":\"\xff\"}"), func(r *http.Request) {
		r.URL.Path, r.URL.RawQuery = "/ses/a", "token=1"
		r.Header = http.Header{"Authorization": {"a"}, "Cookie": {"b"}, "Proxy-Authorization": {"c"}, "X-Any": {"d", "e"}}
	})
	r.Close()
	got := told.received[0]
	if got.Path != "/ses/a" || got.Query != "token=1" || got.Method != "POST" || len(got.Headers) != 1 || got.Headers["X-Any"] != "d, e" {
		t.Errorf("%+v", got)
	}
	if got.Problem != nil || got.Event.Type != event.Bounce || len(got.Event.Problems) != 2 || len(got.Exact) == 0 || strings.Contains(string(got.Body), "\ufeff") {
		t.Errorf("%+v", got)
	}
}
