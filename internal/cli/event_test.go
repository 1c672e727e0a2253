package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sesctl/sesctl/internal/cli"
)

// onListening calls f once with the URL that a listener prints.
func onListening(f func(url string)) writerFunc {
	return func(p []byte) (int, error) {
		if url, ok := strings.CutPrefix(string(p), "listening on "); ok {
			go f(strings.TrimSpace(url))
		}
		return len(p), nil
	}
}

func post(t *testing.T, url, body string) {
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	response.Body.Close()
}

func TestListenOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.change = func(env *cli.Env) {
		env.StdoutTerminal, env.Width = true, 80
		env.Stderr = onListening(func(url string) {
			post(t, url, `{"event":"bounce","email":"jane@example.com","bounceType":"soft","reason":"\u001b[2J`+strings.Repeat("long ", 40)+`"}`)
			post(t, url, `{"event":"delivered","email":"jane@example.com"}`)
		})
	}
	status, stdout, _ := s.run(t.Context(), "event", "listen", "--listen", "127.0.0.1:0", "--until", "2")
	if status != 0 {
		t.Fatalf("exit status %d", status)
	}
	for _, want := range []string{"\x1b[33mbounce ", "\x1b[32mdelivered ", "jane@example.com", "soft_bounce; \ufffd[2", "…\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %q", want, stdout)
		}
	}
	for line := range strings.SplitSeq(stdout, "\n") {
		if width := len([]rune(stripColor(line))); width > 80 {
			t.Errorf("a line of %d cells: %s", width, line)
		}
	}
}

// TestListenToMany receives events from many senders at the same time, and shows each
// once.
func TestListenToMany(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	const senders, each = 50, 20
	s.change = func(env *cli.Env) {
		env.Stderr = onListening(func(url string) {
			var all sync.WaitGroup
			for sender := range senders {
				all.Go(func() {
					for n := range each {
						post(t, url, fmt.Sprintf(`{"event":"open","bulkId":"%d-%d"}`, sender, n))
					}
				})
			}
			all.Wait()
		})
	}
	status, stdout, _ := s.run(t.Context(), "event", "listen", "--listen", "127.0.0.1:0", "--until", fmt.Sprint(senders*each), "-q")
	lines := strings.Fields(stdout)
	seen := map[string]bool{}
	for _, line := range lines {
		seen[line] = true
	}
	if status != 0 || len(lines) != senders*each || len(seen) != len(lines) {
		t.Errorf("exit status %d, %d lines, %d different", status, len(lines), len(seen))
	}
}

// TestBars checks that long work has a progress bar on a terminal, and none elsewhere.
func TestBars(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	var urls []string
	for i := range 30 {
		urls = append(urls, fmt.Sprintf("%s/%d?token=s3cret", server.URL, i))
	}
	for _, args := range [][]string{
		append([]string{"callback", "check"}, urls...),
		{"event", "trigger", "open", "--count", "100", "--to", server.URL},
	} {
		for _, term := range []string{"xterm", "dumb", ""} {
			terminal := term == "xterm" // one that can move its cursor
			s := newSession(t)
			s.env["TERM"] = term
			var errs bytes.Buffer
			s.change = func(env *cli.Env) { env.StderrTerminal, env.Stderr = term != "", &errs }
			status, _, _ := s.run(t.Context(), args...)
			if status != 0 {
				t.Errorf("%v: exit status %d: %s", args[:2], status, errs.String())
			}
			if got := errs.Len() > 0; got != terminal {
				t.Errorf("%v: on a terminal %q, and stderr has %d bytes", args[:2], term, errs.Len())
			}
			if strings.Contains(errs.String(), "s3cret") {
				t.Errorf("%v: a secret in %q", args[:2], errs.String())
			}
		}
	}
}

// TestInterruptedSending checks that the events sent before an interrupt are shown.
func TestInterruptedSending(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"event", "trigger", "open", "--count", "1000", "-o", "json"},
		{"callback", "check", "-o", "json"},
	} {
		ctx, interrupt := context.WithCancel(t.Context())
		var came atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client is gone
			if came.Add(1) == 3 || args[0] == "callback" {
				interrupt()
				<-r.Context().Done()
			}
		}))
		defer server.Close()
		s := newSession(t)
		if args[0] == "event" {
			args = append(args, "--to", server.URL)
		} else {
			args = append(args, server.URL)
		}
		status, stdout, stderr := s.run(ctx, args...)
		if status != 130 || !strings.Contains(stderr, `"kind":"interrupted"`) {
			t.Errorf("%v: exit status %d, want 130: %s", args[:2], status, stderr)
		}
		if args[0] == "event" && !strings.Contains(stdout, `"200": 2`) {
			t.Errorf("it does not show what was sent: %s", stdout)
		}
	}
}
