package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/pkg/callback"
)

// newSenders returns an account with n sender addresses without callbacks, and a
// declaration with a callback for each of them.
func newSenders(t *testing.T, n int) (*shaky, string) {
	t.Helper()
	var senders []string
	declaration := "version: 1\nsenders:\n"
	for i := range n {
		senders = append(senders, fmt.Sprintf("sender%d@domain%d.example.com", i%10, i/10))
		declaration += fmt.Sprintf("  %s: https://hooks.example.com:8080/%d?token=s3cret\n", senders[i], i)
	}
	file := filepath.Join(t.TempDir(), "callbacks.yaml")
	if err := os.WriteFile(file, []byte(declaration), 0o600); err != nil {
		t.Fatal(err)
	}
	return newShaky(t, senders, callback.Set{}), file
}

// TestApplyBar checks the progress of long work: a bar on a terminal, a counter
// elsewhere, and nothing for programs. Only a failure prints its own line.
func TestApplyBar(t *testing.T) {
	t.Parallel()
	const changes = 30
	for _, test := range []struct {
		name     string
		terminal bool
		flag     string
		bar      bool
		counters int // lines
		failed   int
	}{
		{"on a terminal", true, "-otable", true, 0, 1},
		{"elsewhere", false, "-otable", false, 10, 1},
		{"for programs", true, "-ojson", false, 0, 0},
		{"quiet", true, "-q", false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, file := newSenders(t, changes)
			refused := false
			s.meets(func(_ int, action string) misfortune { // called under a lock
				if refused || action != "CreateAddressTrackUrl" {
					return served
				}
				refused = true
				return noSuchAction
			})
			user := s.session()
			var errs bytes.Buffer
			change := user.change
			user.change = func(env *cli.Env) {
				change(env)
				env.StderrTerminal, env.Stderr = test.terminal, &errs
			}
			if status, _, _ := user.run(t.Context(), "callback", "apply", "-f", file, "--yes", test.flag); status != 1 {
				t.Errorf("exit status %d, want 1: %s", status, errs.String())
			}
			stderr := errs.String()
			bar, counters, failed := strings.Contains(stderr, "applying "), strings.Count(stderr, "applying: "), strings.Count(stderr, "failed: ")
			if bar != test.bar || counters != test.counters || failed != test.failed {
				t.Errorf("a bar: %v, %d counters, %d lines of what failed: %q", bar, counters, failed, stderr)
			}
			if ended := "applying: 30 of 30, 1 failed\n"; test.counters > 0 && !strings.Contains(stderr, ended) {
				t.Errorf("no %q in %q", ended, stderr)
			}
			if strings.Contains(stderr, "s3cret") {
				t.Errorf("a secret in %q", stderr)
			}
		})
	}
}

// TestApplyRate checks that apply keeps to --rate: the last change does not begin
// earlier than the rate allows.
func TestApplyRate(t *testing.T) {
	t.Parallel()
	const changes, rate = 5, 10
	s, file := newSenders(t, changes)
	var mu sync.Mutex
	var last time.Time
	created := 0
	s.calls(func(action string) {
		if action == "CreateAddressTrackUrl" {
			mu.Lock()
			defer mu.Unlock()
			created, last = created+1, time.Now()
		}
	})
	start := time.Now()
	s.session().must("callback", "apply", "-f", file, "--yes", "--rate", fmt.Sprint(rate))
	const least = (changes - 1) * time.Second / rate
	if took := last.Sub(start); created != changes || took < least-time.Millisecond {
		t.Errorf("%d changes in %s, want %d in at least %s", created, took, changes, least)
	}
}

// TestApplyUntried interrupts a long plan: what was not begun is one line, not a line
// for each change.
func TestApplyUntried(t *testing.T) {
	t.Parallel()
	s, file := newSenders(t, 40)
	ctx, interrupt := context.WithCancel(t.Context())
	s.calls(func(action string) {
		if action == "CreateAddressTrackUrl" {
			interrupt()
		}
	})
	status, stdout, stderr := s.session().run(ctx, "callback", "apply", "-f", file, "--yes", "--parallel", "1")
	if status != 130 {
		t.Errorf("exit status %d, want 130: %s", status, stderr)
	}
	if !strings.Contains(stdout, "1 applied, 39 failed") {
		t.Errorf("stdout: %s", stdout)
	}
	for _, want := range []string{"not tried: interrupted: 39 changes: ", " and 27 more\n", "39 changes were not made"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %s", want, stderr)
		}
	}
	if strings.Contains(stderr, "failed: ") {
		t.Errorf("a line for each change: %s", stderr)
	}
}
