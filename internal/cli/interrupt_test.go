package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
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
