package emulator_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

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
