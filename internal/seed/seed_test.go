package seed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/seed"
)

// log is a test that records its log.
type log struct {
	testing.TB
	text string
}

func (l *log) Helper() {}

func (l *log) Logf(format string, args ...any) { l.text += fmt.Sprintf(format, args...) }

func (l *log) Fatalf(format string, args ...any) {
	l.Logf(format, args...)
	panic(l)
}

func TestRepeat(t *testing.T) {
	first := &log{TB: t}
	want := seed.New(first).Uint64()
	_, value, found := strings.Cut(first.text, seed.Env+"=")
	if !found {
		t.Fatalf("the log does not name the seed: %q", first.text)
	}
	t.Setenv(seed.Env, value)
	if got := seed.New(&log{TB: t}).Uint64(); got != want {
		t.Errorf("the seed %s gives %d, and gave %d", value, got, want)
	}
}

func TestInvalid(t *testing.T) {
	t.Setenv(seed.Env, "-1")
	l := &log{TB: t}
	defer func() {
		if recover() != l || !strings.Contains(l.text, seed.Env+`="-1"`) {
			t.Errorf("a seed that is not a number is accepted: %q", l.text)
		}
	}()
	seed.New(l)
}
