package emulator_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/event"
)

func TestClientDeliveries(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	c := &receiver{answer: func(int, *http.Request, event.Event) (int, error) {
		<-release
		return 200, nil
	}}
	e := withHook(t, c, emulator.Options{})
	endpoint := "http://" + start(t, e)
	empty, err := (emulator.Client{Endpoint: endpoint}).Deliveries(t.Context(), emulator.Filter{}, true)
	if err != nil || empty.Deliveries == nil || len(empty.Deliveries) != 0 {
		t.Errorf("%+v, %v", empty, err)
	}
	id := send(t, e, "open@x.com")
	got, err := (emulator.Client{Endpoint: endpoint + "/"}).Deliveries(t.Context(), emulator.Filter{}, false)
	if err != nil || len(got.Deliveries) != 2 || !got.Pending() || got.Deliveries[0].MessageID != id {
		t.Errorf("%+v, %v", got, err)
	}
	close(release)
	got, err = (emulator.Client{Endpoint: endpoint}).Deliveries(t.Context(), emulator.Filter{}, true)
	if err != nil || got.Pending() || got.Deliveries[1].Attempts[0].Status != 200 || !strings.Contains(string(got.Deliveries[1].Event), id) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestClientDeliveriesErrors(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	for name, test := range map[string]struct {
		endpoint string
		kind     failure.Kind
	}{
		"not found":    {answer(404, "no"), failure.Failure},
		"redirect":     {answer(302, ""), failure.Failure},
		"HTML":         {answer(200, "<html>"), failure.Failure},
		"cut":          {answer(200, `{"deliveries":[`), failure.Failure},
		"closed":       {"http://" + closedAddress, failure.Failure},
		"not a URL":    {"http://127.0.0.1:x", failure.Usage},
		"other scheme": {"gopher://127.0.0.1", failure.Failure},
	} {
		if _, err := (emulator.Client{Endpoint: test.endpoint}).Deliveries(t.Context(), emulator.Filter{}, false); failure.KindOf(err) != test.kind || err == nil {
			t.Errorf("%s: %v", name, err)
		}
		secret := strings.Replace(test.endpoint, "http://", "http://u:s3cret@", 1)
		if _, err := (emulator.Client{Endpoint: secret}).Deliveries(t.Context(), emulator.Filter{}, false); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s, with a password: %v", name, err)
		}
	}
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if _, err := (emulator.Client{Endpoint: "http://" + closedAddress}).Deliveries(ctx, emulator.Filter{}, false); !errors.Is(err, reason) {
		t.Errorf("a context that has ended: %v", err)
	}
}

func TestDeliveriesOfAClosedFile(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db")})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Deliveries(); err == nil {
		t.Error("no error")
	}
	if err := e.Resume(); err == nil {
		t.Error("no error of Resume")
	}
	for _, action := range []string{"SendEmail", "GetSendEmailStatus"} {
		body := mail(news, "a@x.com")
		if action == "GetSendEmailStatus" {
			body = `{"RequestDate":"2026-03-04","Offset":0,"Limit":10}`
		}
		if got := do(t, e, action, body); got.code != "InternalError" {
			t.Errorf("%s: %q", action, got.code)
		}
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, emulator.DeliveriesPath, nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("listing: %d", w.Code)
	}
}

// TestSendEmailWithoutItsFile checks that an email that cannot be recorded has no
// events.
func TestSendEmailWithoutItsFile(t *testing.T) {
	t.Parallel()
	c := &receiver{}
	e := withHook(t, c, emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db")})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if got := do(t, e, "SendEmail", mail(news, "a@x.com")); got.code != "InternalError" || !strings.HasPrefix(got.message, "Nothing was changed") {
		t.Errorf("%q: %s", got.code, got.message)
	}
	if c.seen() != "" {
		t.Errorf("POSTed: %s", c.seen())
	}
}

func TestSettleFollowsTheContext(t *testing.T) {
	t.Parallel()
	e := withHook(t, &receiver{answer: hangs}, emulator.Options{Deliveries: emulator.DeliveryOptions{Grace: 1}})
	send(t, e, "a@x.com")
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if err := e.Settle(ctx); !errors.Is(err, reason) {
		t.Error(err)
	}
}
