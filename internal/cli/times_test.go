package cli

import (
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0.5": 500 * time.Millisecond, "90s": 90 * time.Second, "7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour,
		"2w": 14 * 24 * time.Hour, "1m30s": 90 * time.Second, "-1": -time.Second, "0": 0,
		"soon": -1, "NaN": -1, "Inf": -1, "1e300": -1, "5 s": -1, "d": -1, "1x": -1,
	} {
		var got time.Duration
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		durationVar(flags, &got, "timeout", time.Minute, "")
		err := flags.Parse([]string{"--timeout=" + text})
		if (err != nil) != (want == -1) || err == nil && got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func TestListenAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"8080": "127.0.0.1:8080", "0": "127.0.0.1:0", "0.0.0.0:80": "0.0.0.0:80", ":8080": ":8080", "70000": "70000", "host": "host"} {
		if got := listenAddress(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
