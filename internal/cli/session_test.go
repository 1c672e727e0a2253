package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
