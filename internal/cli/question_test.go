package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/cli"
)

// answer gives the session a terminal that answers every question.
func (s *session) answer(text string) {
	s.change = func(env *cli.Env) {
		env.StdinTerminal, env.StderrTerminal = true, true
		env.Stdin = strings.NewReader(text)
	}
}

// TestQuestionNamesPlaceAndNumbers checks the questions of apply and rollback.
func TestQuestionNamesPlaceAndNumbers(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	file := filepath.Join(t.TempDir(), "callbacks.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	asks := func(question string, args ...string) {
		t.Helper()
		status, _, stderr := s.run(t.Context(), args...)
		if status != 0 || !strings.Contains(stderr, question+" [y/N] ") {
			t.Errorf("sesctl %s: status %d\n%s\nwant %s", strings.Join(args, " "), status, stderr, question)
		}
	}
	s.answer("y\n")
	write("version: 1\naccount: https://hooks.example.com:8080/\n")
	asks("Apply 1 change on the local emulator?", "callback", "apply", "-f", file)
	id, _, _ := strings.Cut(s.must("callback", "history", "-q"), "\n")
	asks("Apply 1 change on the local emulator? 2 senders will lose their events.", "callback", "rollback", id)

	folder := s.env["XDG_CONFIG_HOME"] + "/sesctl"
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/config.yaml", []byte("profiles: {a: {}, b: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("version: 1\naccount: https://hooks.example.com:8080/\nsenders: {news@mail.example.com: https://hooks.example.com:8081/}\n")
	asks("Apply 2 changes on the local emulator?", "callback", "apply", "-f", file)
	write("version: 1\naccount: https://hooks.example.com:8082/\n")
	s.answer("n\n")
	status, _, stderr := s.run(t.Context(), "--profile", "a", "--profile", "b", "callback", "apply", "-f", file)
	if status != 1 || !strings.Contains(stderr, "Apply 2 changes on profiles a and b? [y/N] ") || !strings.Contains(stderr, "nothing was changed") {
		t.Errorf("two profiles: status %d\n%s", status, stderr)
	}
	s.answer("y\n")
	write("version: 1\naccount: none\nsenders: {news@mail.example.com: https://hooks.example.com:8081/}\n")
	asks("Apply 1 change on the local emulator? 1 sender will lose its events.", "callback", "apply", "-f", file)
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answer string
		status       int
		left         string
	}{
		{"yes", "y\n", 0, ""},
		{"yes in full", "YES\n", 0, ""},
		{"no", "n\n", 1, "https://hooks.example.com:8080/\n"},
		{"nothing", "\n", 1, "https://hooks.example.com:8080/\n"},
		{"end of input", "", 1, "https://hooks.example.com:8080/\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.must("callback", "set", "--account", "https://hooks.example.com:8080/")
			s.change = func(env *cli.Env) {
				env.StdinTerminal, env.StderrTerminal = true, true
				env.Stdin = strings.NewReader(test.answer)
			}
			status, _, stderr := s.run(t.Context(), "callback", "delete", "--account")
			if status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			if !strings.Contains(stderr, "Delete account callback (https://hooks.example.com:8080/) on the local emulator? 2 senders will lose their events. [y/N]") {
				t.Errorf("no question in %q", stderr)
			}
			if got := s.must("callback", "list", "-q"); got != test.left {
				t.Errorf("left: %q, want %q", got, test.left)
			}
		})
	}
}

func TestInterruptAtQuestion(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.must("callback", "set", "--account", "https://hooks.example.com:8080/")
	ctx, interrupt := context.WithCancel(t.Context())
	never, hold := io.Pipe()
	defer hold.Close()
	s.change = func(env *cli.Env) {
		env.StdinTerminal, env.StderrTerminal = true, true
		env.Stdin = never
		env.Stderr = writerFunc(func(p []byte) (int, error) {
			if bytes.Contains(p, []byte("[y/N]")) {
				interrupt()
			}
			return len(p), nil
		})
	}
	if status, _, _ := s.run(ctx, "callback", "delete", "--account"); status != 130 {
		t.Errorf("exit status %d, want 130", status)
	}
	s.change = func(*cli.Env) {}
	s.must("callback", "get", "--account")
}

// TestQuestionShowsWhat checks that a question shows what it is about, with every output
// format.
func TestQuestionShowsWhat(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"-q", "-ojson", "-otable"} {
		s := newSession(t)
		s.must("callback", "set", "--account", "https://hooks.example.com:8080/")
		s.change = func(env *cli.Env) {
			env.StdinTerminal, env.StderrTerminal = true, true
			env.Stdin = strings.NewReader("n\n")
		}
		_, _, stderr := s.run(t.Context(), "callback", "delete", "--account", format)
		if !strings.Contains(stderr, "will lose its events") {
			t.Errorf("%s: %q", format, stderr)
		}
	}
}
