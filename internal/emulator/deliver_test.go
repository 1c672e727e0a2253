package emulator_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/event"
)

// These tests run on the clock of synctest: pauses and timeouts pass at once.

func TestRetries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer func(int, *http.Request, event.Event) (int, error)
		want   string
		took   time.Duration
	}{
		"accepted at once": {nil, "delivered accepted 1", 0},
		"201":              {always(201), "delivered accepted 1", 0},
		"third time lucky": {func(n int, _ *http.Request, _ event.Event) (int, error) {
			return []int{500, 429, 204}[n], nil
		}, "delivered accepted 3", 1500 * time.Millisecond},
		"fails for ever": {always(503), "delivered failed 6: answered 503", 15500 * time.Millisecond},
		"redirect":       {always(302), "delivered failed 6: answered 302", 15500 * time.Millisecond},
		"no connection": {func(int, *http.Request, event.Event) (int, error) {
			return 0, errors.New(`refused by "somebody with a secret"`)
		}, "delivered failed 6: refused by", 15500 * time.Millisecond},
		"hangs": {hangs, "delivered failed 6: no answer in 10s", 75500 * time.Millisecond},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := withHook(t, &receiver{answer: test.answer}, emulator.Options{})
				start := time.Now()
				send(t, e, "a@x.com")
				if took := time.Since(start); took != 0 {
					t.Errorf("SendEmail took %s", took)
				}
				settle(t, e)
				if took := time.Since(start); took != test.took {
					t.Errorf("took %s, want %s", took, test.took)
				}
				if got := summary(t, e); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
				for _, d := range deliveries(t, e) {
					if d.URL != hook || d.Attempts[0].URL != hook || (d.Attempts[0].Error == "") != (len(d.Attempts) == 1) {
						t.Errorf("delivery: %+v", d)
					}
				}
			})
		})
	}
}

// TestOrder checks that an event that is retried delays the later events of its
// message only.
func TestOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &receiver{answer: func(n int, _ *http.Request, e event.Event) (int, error) {
			if e.Email == "click@x.com" && n < 3 {
				return 500, nil
			}
			return 200, nil
		}}
		e := withHook(t, c, emulator.Options{})
		send(t, e, "click@x.com", "open@x.com")
		synctest.Wait()
		send(t, e, "bounce@x.com")
		settle(t, e)
		if got, want := c.seen(), "delivered bounce delivered delivered click delivered open"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestNoCallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, emulator.Options{})
		send(t, e, "click@x.com")
		settle(t, e)
		const want = "delivered skipped 0: the sender has no callback\nclick skipped 0: the sender has no callback"
		if got := summary(t, e); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

// TestCallbackChangesWhileEventsWait checks that the callback is read before each
// attempt. A removed callback gets no more events, and a changed one gets them at its
// new URL.
func TestCallbackChangesWhileEventsWait(t *testing.T) {
	t.Parallel()
	const other = "http://localhost:8081/other"
	tests := map[string]struct{ action, body, want, url string }{
		"removed":    {"UpdateWebhookUrl", `{"Url":""}`, "delivered skipped 1: the sender has no callback\nopen skipped 0: the sender has no callback", ""},
		"changed":    {"UpdateWebhookUrl", `{"Url":"` + other + `"}`, "delivered accepted 2\nopen accepted 1", other},
		"overridden": {"CreateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"` + other + `"}`, "delivered accepted 2\nopen accepted 1", other},
		"sender gone": {"DeleteEmailAddress", `{"EmailAddress":"` + news + `"}`,
			"delivered failed 6: answered 500\nopen failed 6: answered 500", hook},
		"public": {"UpdateWebhookUrl", `{"Url":"https://hooks.example.com:8080/"}`,
			"delivered skipped 1: the host is public; emulator serve --deliver-anywhere delivers there too\n" +
				"open skipped 0: the host is public; emulator serve --deliver-anywhere delivers there too", "https://hooks.example.com:8080/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &receiver{answer: func(_ int, r *http.Request, _ event.Event) (int, error) {
					if r.URL.String() == hook {
						return 500, nil
					}
					return 200, nil
				}}
				e := withHook(t, c, emulator.Options{})
				send(t, e, "open@x.com")
				synctest.Wait()
				must(t, e, test.action, test.body)
				settle(t, e)
				if got := summary(t, e); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
				if got := deliveries(t, e)[1].URL; got != test.url {
					t.Errorf("URL %q, want %q", got, test.url)
				}
			})
		})
	}
}

func TestPublicHostIfAllowed(t *testing.T) {
	t.Parallel()
	c := &receiver{}
	e := open(t, emulator.Options{Deliveries: emulator.DeliveryOptions{Anywhere: true, Transport: c}})
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	send(t, e, "a@x.com")
	settle(t, e)
	if got := summary(t, e); got != "delivered accepted 1" {
		t.Error(got)
	}
}

// TestCallbackThatHangs checks that a callback that hangs occupies only its own share
// of the workers. Neither the API nor Close waits for it.
func TestCallbackThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hanging, most atomic.Int64
		c := &receiver{answer: func(n int, r *http.Request, e event.Event) (int, error) {
			if e.From != news {
				return 200, nil
			}
			most.Store(max(most.Load(), hanging.Add(1)))
			defer hanging.Add(-1)
			return hangs(n, r, e)
		}}
		e := withHook(t, c, emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db")})
		start := time.Now()
		for range 50 {
			send(t, e, "a@x.com", "open@x.com")
		}
		id, _ := must(t, e, "SendEmail", mail("noreply@mail.example.com", "open@x.com"))["MessageId"].(string)
		synctest.Wait()
		if took := time.Since(start); took != 0 {
			t.Errorf("the API waited for %s", took)
		}
		if most.Load() != 32 {
			t.Errorf("%d attempts at once, want 32", most.Load())
		}
		for _, d := range deliveries(t, e) {
			want := emulator.DeliveryPending
			if d.MessageID == id {
				want = emulator.DeliveryAccepted
			}
			if d.Status != want {
				t.Errorf("%s: %s, want %s", d.MessageID, d.Status, want)
			}
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the stop took %s, want 3s", took)
		}
	})
}
