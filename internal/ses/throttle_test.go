package ses

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/interrupt"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// TestThrottledThenFine retries reads and writes that the service reports as not
// carried out.
func TestThrottledThenFine(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded", "FailedOperation.FrequencyLimit", "FailedOperation.ServiceNotAvailable"} {
		m := meddle(t, func(_ string, n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n <= 2 {
				answerWith(200, nil, apiError(code, "later"))(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
		var log callLog
		c := newClient(t, Options{Endpoint: m.URL, OnCall: log.add})
		if err := put(c, callback.Account(), secretURL, ""); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if _, err := c.Load(t.Context(), callback.PartAccount); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if calls := log.all(); len(calls) != 6 || calls[0].Outcome != code || calls[2].Outcome != "ok" || calls[2].RequestID == "" {
			t.Errorf("%s: the calls were %+v", code, calls)
		}
	}
}

// TestInterruptedWhileThrottled interrupts the pause before a retry.
func TestInterruptedWhileThrottled(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answerWith(200, nil, apiError("RequestLimitExceeded", "later")))
	t.Cleanup(server.Close)
	c := newClient(t, Options{Endpoint: server.URL})
	ctx, cancel := context.WithCancel(t.Context())
	c.pause = func(ctx context.Context, _ time.Duration) error { cancel(); return interrupt.Sleep(ctx, time.Hour) }
	_, err := c.Make(ctx, callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(secretURL)))
	if e := checkError(t, err, failure.Interrupted, "interrupted", "too many requests"); e.Unknown {
		t.Error("a throttled write counts as unknown")
	}
}

// TestClockSkew compares the clocks if the service sends its time.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	service := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for skew, want := range map[time.Duration]string{10 * time.Minute: "10m0s ahead of", -10 * time.Minute: "10m0s behind"} {
		server := httptest.NewServer(answerWith(200, map[string]string{"Date": service.Format(http.TimeFormat)}, apiError("AuthFailure.SignatureExpire", "expired")))
		c := newClient(t, Options{Endpoint: server.URL})
		c.now = func() time.Time { return service.Add(skew) }
		_, err := c.Load(t.Context(), callback.PartAccount)
		e := checkError(t, err, failure.Auth, "clock", want, "set the clock")
		if e.APICode != sesapi.CodeSignatureExpire || e.RequestID != "request-1" {
			t.Errorf("code %q, request %q", e.APICode, e.RequestID)
		}
		server.Close()
	}
}
