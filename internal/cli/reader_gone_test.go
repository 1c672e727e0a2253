package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sesctl/sesctl/internal/cli"
)

func TestClosedOutput(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.must("callback", "set", "--account", "https://hooks.example.com:8080/")
	for _, test := range []struct {
		name   string
		err    error
		status int
	}{
		{"the reader has seen enough", syscall.EPIPE, 0},
		{"the disk is full", syscall.ENOSPC, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.change = func(env *cli.Env) {
				env.Stdout = writerFunc(func([]byte) (int, error) { return 0, test.err })
			}
			if status, _, stderr := s.run(t.Context(), "callback", "list"); status != test.status {
				t.Errorf("exit status %d, want %d: %s", status, test.status, stderr)
			}
		})
	}
}

// TestAnswerWithoutReader checks that a command still answers with its exit status if
// nobody reads its output.
func TestAnswerWithoutReader(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	declaration := filepath.Join(t.TempDir(), "callbacks.yaml")
	if err := os.WriteFile(declaration, []byte("version: 1\nsenders:\n  stranger@mail.example.com: https://hooks.example.com:8080/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.change = func(env *cli.Env) {
		env.Stdout = writerFunc(func([]byte) (int, error) { return 0, syscall.EPIPE })
	}
	for _, test := range []struct {
		status int
		args   []string
	}{
		{3, []string{"callback", "plan", "-f", declaration, "--exit-code"}},
		{3, []string{"callback", "resolve", "--all", "--fail-on", "none"}},
		{3, []string{"callback", "validate", "https://hooks.example.com/"}},
		{3, []string{"callback", "check", "https://127.0.0.1:1/"}},
		{3, []string{"event", "trigger", "bounce", "--to", "http://127.0.0.1:1/"}},
		{1, []string{"callback", "apply", "-f", declaration, "--yes"}},
		{0, []string{"callback", "export"}},
		{0, []string{"callback", "schema"}},
		{0, []string{"callback", "--help"}},
		{0, []string{"completion", "bash"}},
		{0, []string{"version"}},
	} {
		if status, _, stderr := s.run(t.Context(), test.args...); status != test.status {
			t.Errorf("%s: exit status %d, want %d: %s", strings.Join(test.args, " "), status, test.status, stderr)
		}
	}
}
