package emulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
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

// TestDeliveriesOutliveTheProcess checks that the next emulator continues pending
// deliveries.
func TestDeliveriesOutliveTheProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state.db")
		down := &receiver{answer: always(500)}
		e := withHook(t, down, emulator.Options{StateFile: path})
		send(t, e, "click@x.com")
		send(t, e, "drop@x.com")
		synctest.Wait()
		must(t, e, "UpdateWebhookUrl", `{"Url":"http://localhost:8081/"}`)
		start := time.Now()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the stop waited %s for the next attempts", took)
		}

		c := &receiver{}
		e = open(t, emulator.Options{StateFile: path, Deliveries: emulator.DeliveryOptions{Transport: c}})
		const left = "delivered pending 1\nclick pending 0\ndropped pending 1"
		synctest.Wait()
		if got := summary(t, e); got != left || len(c.got) != 0 {
			t.Errorf("an emulator that only reads: %s, %d POSTs", got, len(c.got))
		}
		for range 2 {
			if err := e.Resume(); err != nil {
				t.Fatal(err)
			}
		}
		settle(t, e)
		if got := summary(t, e); got != "delivered accepted 2\nclick accepted 1\ndropped accepted 2" || len(c.got) != 3 {
			t.Errorf("after going on: %s, %d POSTs", got, len(c.got))
		}
		send(t, e, "a@x.com")
		settle(t, e)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e = open(t, emulator.Options{StateFile: path})
		all := deliveries(t, e)
		if len(all) != 4 || all[3].ID != 4 || all[3].Status != emulator.DeliveryAccepted || all[0].Attempts[1].URL != "http://localhost:8081/" {
			t.Errorf("in the file: %+v", all)
		}
	})
}

func TestOldestDeliveriesAreDropped(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", filepath.Join(t.TempDir(), "state.db")} {
		synctest.Test(t, func(t *testing.T) {
			c := &receiver{answer: hangs}
			e := withHook(t, c, emulator.Options{StateFile: path, Deliveries: emulator.DeliveryOptions{Keep: 5}})
			for i := range 20 {
				send(t, e, fmt.Sprintf("r%d@x.com", i))
			}
			settle(t, e)
			all, dropped, err := e.Deliveries()
			if err != nil || len(all) != 5 || dropped != 15 || all[0].Recipient != "r15@x.com" || all[4].ID != 20 {
				t.Errorf("%d kept, %d dropped, %v: %+v", len(all), dropped, err, all)
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			if path == "" {
				return
			}
			e = open(t, emulator.Options{StateFile: path})
			if again := deliveries(t, e); len(again) != 5 || again[0].Status != emulator.DeliveryFailed {
				t.Errorf("in the file: %+v", again)
			}
		})
	}
}

func TestDeliveryFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		specs []string
		want  string
		took  time.Duration
	}{
		"none":      {nil, "delivered click", 0},
		"duplicate": {[]string{"duplicate"}, "delivered delivered click click", 0},
		"disorder":  {[]string{"disorder"}, "click delivered", 0},
		"delay":     {[]string{"delivery-delay=3s"}, "delivered click", 3 * time.Second},
		"all":       {[]string{"disorder", "duplicate", "delivery-delay=2s", "delivery-delay=1s"}, "click click delivered delivered", 3 * time.Second},
		"never":     {[]string{"duplicate=0.000001"}, "delivered click", 0},
		"of others": {[]string{"throttle,action=GetWebhookUrl"}, "delivered click", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &receiver{}
				e := withHook(t, c, emulator.Options{Faults: parseFaults(t, test.specs...)})
				start := time.Now()
				send(t, e, "click@x.com")
				settle(t, e)
				if got := c.seen(); got != test.want || time.Since(start) != test.took {
					t.Errorf("%q after %s, want %q after %s", got, time.Since(start), test.want, test.took)
				}
				twice := slices.ContainsFunc(deliveries(t, e), func(d emulator.Delivery) bool { return d.Duplicate })
				if twice != strings.Contains(strings.Join(test.specs, " "), "duplicate") && name != "never" {
					t.Errorf("duplicates marked: %v", twice)
				}
			})
		})
	}
}

// TestDelayedDeliveriesStayPending checks that Close does not wait for a delayed
// delivery, which is not lost.
func TestDelayedDeliveriesStayPending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &receiver{}
		e := withHook(t, c, emulator.Options{Faults: parseFaults(t, "delivery-delay=1h")})
		send(t, e, "a@x.com")
		start := time.Now()
		if err := e.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		time.Sleep(2 * time.Hour)
		if got := summary(t, e); got != "delivered pending 0" || c.seen() != "" {
			t.Errorf("%s; POSTed: %s", got, c.seen())
		}
	})
}

func parseFaults(t *testing.T, specs ...string) []emulator.Fault {
	t.Helper()
	var all []emulator.Fault
	for _, spec := range specs {
		f, err := emulator.ParseFault(spec)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// TestQueueIsBounded checks that a callback that accepts nothing fills a queue of
// limited length. Messages in the queue are not kept in memory.
func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options emulator.DeliveryOptions
		fit     int
	}{
		"in number": {emulator.DeliveryOptions{MaxPending: 10}, 5},
		"in bytes":  {emulator.DeliveryOptions{MaxPendingBytes: 2000}, 0},
	}
	for name, test := range tests {
		for _, path := range []string{"", filepath.Join(t.TempDir(), "state.db")} {
			synctest.Test(t, func(t *testing.T) {
				c := &receiver{answer: always(500)}
				e := withHook(t, c, emulator.Options{StateFile: path, Deliveries: test.options})
				accepted := 0
				for range 20 {
					switch got := do(t, e, "SendEmail", mail(news, "open@x.com")); got.code {
					case "":
						accepted++
					case sesapi.CodeResourceInsufficient:
					default:
						t.Fatalf("%s: %s", got.code, got.message)
					}
				}
				if accepted == 0 || accepted == 20 || test.fit > 0 && accepted != test.fit {
					t.Errorf("%s: %d emails were accepted", name, accepted)
				}
				settle(t, e)
				if got := do(t, e, "SendEmail", mail(news, "open@x.com")); got.code != "" {
					t.Errorf("%s: after the queue was empty: %s", name, got.message)
				}
				settle(t, e)
			})
		}
	}
}
