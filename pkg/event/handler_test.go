package event_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	const open = `{"event":"open"}`
	ok := func(context.Context, event.Event) error { return nil }
	fail := func(context.Context, event.Event) error { return errors.New("secret cause") }
	tests := []struct {
		name      string
		method    string
		kind      string
		body      io.Reader
		handle    func(context.Context, event.Event) error
		options   event.HandlerOptions
		want      int
		wantCalls int
		wantBody  string
	}{
		{"an event", "POST", "application/json", strings.NewReader(open), ok, event.HandlerOptions{}, 200, 1, ""},
		{"no content type", "POST", "", strings.NewReader(open), ok, event.HandlerOptions{}, 200, 1, ""},
		{"another content type", "POST", "text/plain", strings.NewReader(open), ok, event.HandlerOptions{}, 200, 1, ""},
		{"checked content type", "POST", "application/json; charset=utf-8", strings.NewReader(open), ok, event.HandlerOptions{RequireJSON: true}, 200, 1, ""},
		{"wrong content type", "POST", "text/plain", strings.NewReader(open), ok, event.HandlerOptions{RequireJSON: true}, 415, 0, "Unsupported Media Type"},
		{"GET", "GET", "", nil, ok, event.HandlerOptions{}, 405, 0, "Method Not Allowed"},
		{"no body", "POST", "", nil, ok, event.HandlerOptions{}, 400, 0, "expected a JSON object, found nothing"},
		{"not JSON", "POST", "", strings.NewReader("event=open"), ok, event.HandlerOptions{}, 400, 0, "found something that is not JSON"},
		{"an array", "POST", "", strings.NewReader("[" + open + "]"), ok, event.HandlerOptions{}, 400, 0, "found an array"},
		{"a field of the wrong type", "POST", "", strings.NewReader(`{"event":1}`), ok, event.HandlerOptions{}, 400, 0, `field "event"`},
		{"too large", "POST", "", strings.NewReader(open + strings.Repeat(" ", event.DefaultMaxBody)), ok, event.HandlerOptions{}, 413, 0, "Too Large"},
		{"as large as allowed", "POST", "", strings.NewReader(open), ok, event.HandlerOptions{MaxBody: int64(len(open))}, 200, 1, ""},
		{"over a limit of its own", "POST", "", strings.NewReader(open), ok, event.HandlerOptions{MaxBody: int64(len(open)) - 1}, 413, 0, ""},
		{"cannot be read", "POST", "", iotest.ErrReader(errors.New("gone")), ok, event.HandlerOptions{}, 400, 0, "Bad Request"},
		{"the service fails", "POST", "", strings.NewReader(open), fail, event.HandlerOptions{}, 500, 1, "Internal Server Error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			calls, reported := 0, 0
			test.options.OnError = func(_ *http.Request, status int, err error) {
				if err == nil {
					t.Error("OnError without an error")
				}
				reported = status
			}
			h := event.NewHandler(func(ctx context.Context, e event.Event) error {
				calls++
				return test.handle(ctx, e)
			}, test.options)
			w := httptest.NewRecorder()
			r := httptest.NewRequest(test.method, "/", test.body)
			r.Header.Set("Content-Type", test.kind)
			h.ServeHTTP(w, r)
			if w.Code != test.want || calls != test.wantCalls || !strings.Contains(w.Body.String(), test.wantBody) {
				t.Errorf("status %d, %d calls, body %q", w.Code, calls, w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Error("the answer has the cause")
			}
			if test.want == 200 && reported != 0 || test.want != 200 && reported != test.want {
				t.Errorf("OnError was called with %d", reported)
			}
			if allow := w.Header().Get("Allow"); (allow == "POST") != (test.want == 405) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

func TestHandlerWithoutOnError(t *testing.T) {
	t.Parallel()
	h := event.NewHandler(func(context.Context, event.Event) error { return nil }, event.HandlerOptions{})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("PUT", "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", w.Code)
	}
}
