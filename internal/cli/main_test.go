package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
)

// buildEnv returns the variables that a program needs because of how this test was
// built. With the race detector, the program must not wait a second at its end. With
// coverage, it writes its data into the folder of this test.
func buildEnv() []string {
	env := []string{"GORACE=atexit_sleep_ms=0"}
	if folder := os.Getenv("GOCOVERDIR"); folder != "" {
		env = append(env, "GOCOVERDIR="+folder)
	}
	return env
}

// end stops a program in the background. With coverage it only interrupts it, because a
// killed program writes no data.
func end(cmd *exec.Cmd) {
	if os.Getenv("GOCOVERDIR") == "" || cmd.Process.Signal(os.Interrupt) != nil {
		_ = cmd.Process.Kill()
	}
}

// cleanEnv returns an environment with its own home folder, and without the variables of
// the caller.
func cleanEnv(home string) []string {
	return append(buildEnv(), "HOME="+home, "USERPROFILE="+home, "PATH="+os.Getenv("PATH"), "TMPDIR="+home,
		"SystemRoot="+os.Getenv("SystemRoot"), "LOCALAPPDATA="+home, "APPDATA="+home)
}

func quietEnv() cli.Env {
	return cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		Getenv: func(string) string { return "" }, Now: time.Now}
}

// session is one user with their own home folder and local state.
type session struct {
	t      *testing.T
	env    map[string]string
	change func(*cli.Env)
}

func newSession(t *testing.T) *session {
	home := t.TempDir()
	return &session{t: t, change: func(*cli.Env) {}, env: map[string]string{
		"HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_STATE_HOME": filepath.Join(home, "state"),
		"SESCTL_LOCAL": "1",
	}}
}

// run runs one command in this process.
func (s *session) run(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	env := cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now,
		Getenv: func(name string) string { return s.env[name] }}
	s.change(&env)
	status = cli.Main(ctx, env)
	return status, out.String(), errs.String()
}

func (s *session) must(args ...string) string {
	s.t.Helper()
	status, stdout, stderr := s.run(s.t.Context(), args...)
	if status != 0 {
		s.t.Fatalf("sesctl %s: exit status %d\n%s", strings.Join(args, " "), status, stderr)
	}
	return stdout
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

func TestInterruptWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		command string
		asked   bool // the interrupt arrives when the endpoint is called
		change  func(*cli.Env)
	}{
		{"by the caller", "callback get --account", true, func(*cli.Env) {}},
		{"of many calls", "doctor", true, func(*cli.Env) {}},
		{"by a signal, which is listened to while the command waits", "callback get --account", false, func(env *cli.Env) {
			env.Interrupts = func(ctx context.Context) (context.Context, func()) {
				ctx, interrupt := context.WithCancel(ctx)
				interrupt()
				return ctx, interrupt
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			release := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if test.asked {
					interrupt()
				}
				select {
				case <-r.Context().Done():
				case <-release:
				}
			}))
			defer server.Close()
			defer close(release)
			s := newSession(t)
			s.env["SESCTL_LOCAL"] = ""
			s.env["SESCTL_ENDPOINT"] = server.URL
			s.env["TENCENTCLOUD_SECRET_ID"], s.env["TENCENTCLOUD_SECRET_KEY"] = "local", "local"
			s.change = test.change
			status, _, stderr := s.run(ctx, append(strings.Fields(test.command), "-o", "json")...)
			if status != 130 || !strings.Contains(stderr, `"kind":"interrupted"`) {
				t.Errorf("exit status %d, want 130: %s", status, stderr)
			}
		})
	}
}

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

// TestHelpInTerminal checks that help wraps flags to the width of a terminal, and prints
// each on one line elsewhere.
func TestHelpInTerminal(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	for _, args := range [][]string{{"--help"}, {"callback", "set", "--help"}, {"event", "listen", "--help"}} {
		plain := s.must(args...)
		s.change = func(env *cli.Env) { env.Width = 80 }
		wrapped := s.must(args...)
		s.change = func(*cli.Env) {}
		_, flags, found := strings.Cut(wrapped, "Flags:\n")
		if !found || strings.Join(strings.Fields(plain), " ") != strings.Join(strings.Fields(wrapped), " ") {
			t.Errorf("%v: in a terminal other words:\n%s", args, wrapped)
		}
		for line := range strings.Lines(flags) {
			if len(strings.TrimRight(line, "\n")) > 80 && strings.HasPrefix(line, " ") {
				t.Errorf("%v: too long: %s", args, line)
			}
		}
	}
}

func TestTerminalWidth(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.must("callback", "set", "--sender", "news@mail.example.com", "https://hooks.example.com:8080/"+strings.Repeat("long/", 40))
	s.change = func(env *cli.Env) { env.StdoutTerminal, env.Width = true, 80 }
	for _, args := range [][]string{
		{"callback", "list"}, {"callback", "resolve", "--all"}, {"sender", "list"}, {"callback", "rules"}, {"doctor"},
		{"callback", "validate", "http://localhost:9000/" + strings.Repeat("long/", 40)},
	} {
		_, stdout, _ := s.run(t.Context(), args...)
		for line := range strings.SplitSeq(stdout, "\n") {
			if strings.HasPrefix(line, "hint: ") {
				continue
			}
			if width := len([]rune(stripColor(line))); width > 80 {
				t.Errorf("%v: a line of %d cells: %s", args, width, line)
			}
		}
	}
	_, stdout, _ := s.run(t.Context(), "callback", "resolve", "--all")
	if !strings.Contains(stdout, "\x1b[31mnone\x1b[0m") {
		t.Errorf("no colour on a terminal: %q", stdout)
	}
	s.env["NO_COLOR"] = "1"
	_, stdout, _ = s.run(t.Context(), "callback", "resolve", "--all")
	if strings.Contains(stdout, "\x1b") {
		t.Errorf("colour in spite of NO_COLOR: %q", stdout)
	}
}

func stripColor(line string) string {
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"} {
		line = strings.ReplaceAll(line, code, "")
	}
	return line
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestInterruptWhileReading interrupts a command that waits for its input.
func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"callback", "set", "--account", "--url-file", "-"},
		{"callback", "plan", "-f", "-"},
		{"callback", "apply", "-f", "-", "--yes"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			ctx, interrupt := context.WithCancel(t.Context())
			never, hold := io.Pipe()
			defer hold.Close()
			s.change = func(env *cli.Env) {
				env.Stdin = readerFunc(func(p []byte) (int, error) {
					interrupt()
					return never.Read(p)
				})
			}
			if status, _, stderr := s.run(ctx, args...); status != 130 {
				t.Errorf("exit status %d, want 130: %s", status, stderr)
			}
			status, _, stderr := s.run(t.Context(), append(args, "--timeout", "20ms")...)
			if status != 1 || !strings.Contains(stderr, "timed out after 20ms") {
				t.Errorf("exit status %d, want 1: %s", status, stderr)
			}
		})
	}
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

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
