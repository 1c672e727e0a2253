package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestHistoryByDay checks that --since and --until include whole days.
func TestHistoryByDay(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.change = func(env *cli.Env) {
		env.Now = func() time.Time { return time.Date(2026, 1, 31, 23, 59, 59, 999_000_000, time.Local) }
	}
	s.must("callback", "set", "--account", "https://hooks.example.com:8080/")
	for _, test := range []struct {
		args  string
		found bool
	}{
		{"--until 2026-01-31", true}, {"--until 2026-01-30", false}, {"--until 2026-02-01", true},
		{"--since 2026-01-31", true}, {"--since 2026-02-01", false},
		{"--since 2026-01-31 --until 2026-01-31", true}, {"--until 1s", false}, {"--until 0s", true},
	} {
		got := s.must(append([]string{"callback", "history", "-q"}, strings.Fields(test.args)...)...)
		if (got != "") != test.found {
			t.Errorf("%s: %q", test.args, got)
		}
	}
}
