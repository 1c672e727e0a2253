package emulator_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

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
