package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/pkg/callback"
)

// watched is a writer that reports when a text has been written.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen chan struct{}
}

func newWatched(want string) *watched { return &watched{want: want, seen: make(chan struct{})} }

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := strings.Contains(w.text.String(), w.want)
	n, err := w.text.Write(p)
	if !before && strings.Contains(w.text.String(), w.want) {
		close(w.seen)
	}
	return n, err
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// endless is a terminal on which nobody types.
type endless struct{ until context.Context }

func (e endless) Read([]byte) (int, error) {
	<-e.until.Done()
	return 0, io.EOF
}

// TestInterruptDuringAWrite checks that the command prints what it waits for while a
// change is in flight.
func TestInterruptDuringAWrite(t *testing.T) {
	t.Parallel()
	s := newShaky(t, []string{"news@mail.example.com"}, callback.Set{})
	user := s.session()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	stderr := newWatched("interrupted: waiting up to 10s for the answer about account callback")
	user.change = func(env *cli.Env) { env.Stderr = stderr }
	reached, release := s.hold(1)
	go func() {
		<-reached
		interrupt()
		select {
		case <-stderr.seen:
		case <-time.After(time.Minute): // the test fails below
		}
		release()
	}()
	status, _, _ := user.run(ctx, "callback", "set", "account", "https://hooks.example.com:8080/ses")
	if !strings.Contains(stderr.String(), stderr.want) {
		t.Errorf("exit status %d, and no word of what is waited for:\n%s", status, stderr)
	}
	if got := s.holds().URL(callback.Account()).Whole(); got != "https://hooks.example.com:8080/ses" {
		t.Errorf("the account holds %q", got)
	}
}

// TestInterruptOfAQuestion checks that the message states that nothing was changed.
func TestInterruptOfAQuestion(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.must("callback", "set", "account", "https://hooks.example.com:8080/ses")
	interrupted, interrupt := context.WithCancelCause(t.Context())
	stderr := newWatched("[y/N]")
	go func() {
		<-stderr.seen
		interrupt(errors.New("interrupted by the test"))
	}()
	s.change = func(env *cli.Env) {
		env.Stderr, env.Stdin = stderr, endless{t.Context()}
		env.StdinTerminal, env.StderrTerminal = true, true
	}
	status, _, _ := s.run(interrupted, "callback", "delete", "account")
	if status != 130 || !strings.Contains(stderr.String(), "interrupted; nothing was changed") {
		t.Errorf("exit status %d:\n%s", status, stderr)
	}
	s.change = func(*cli.Env) {}
	if got := s.must("callback", "get", "account", "-q"); got != "https://hooks.example.com:8080/ses\n" {
		t.Errorf("the account holds %q", got)
	}
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
