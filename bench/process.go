package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// copies is how many there are of each program. How a file came into the page cache
// decides how many page faults its start takes, a tenth of a short command; of
// several, some are lucky.
const copies = 5

// programs are the programs that are measured, in a folder for each copy.
type programs struct {
	folder string
	turn   int
}

// build builds them all in the way of make build.
func (p *programs) build(ctx context.Context) error {
	for name, source := range map[string]string{"sesctl": "./cmd/sesctl", "hello": "./bench/hello", "sdkcall": "./bench/sdkcall",
		"sdkloop": "./bench/sdkloop", "bareevents": "./bench/bareevents", "peak": "./bench/peak"} {
		linked := filepath.Join(p.folder, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		for i := range copies {
			if err := copyProgram(linked, p.path(i, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *programs) path(i int, name string) string {
	return filepath.Join(p.folder, strconv.Itoa(i), name)
}

func copyProgram(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// command returns a command of the next copy of a program, with a home of its own
// and nothing of the caller's.
func (p *programs) command(endpoint string, name string, args ...string) *exec.Cmd {
	p.turn++
	cmd := exec.Command(p.path(p.turn%copies, name), args...)
	cmd.Env = []string{"HOME=" + p.folder, "USERPROFILE=" + p.folder,
		"TENCENTCLOUD_SECRET_ID=local", "TENCENTCLOUD_SECRET_KEY=local"}
	if endpoint != "" {
		cmd.Env = append(cmd.Env, "SESCTL_ENDPOINT="+endpoint)
	}
	return cmd
}

// timed runs a command and returns its wall time.
func timed(cmd *exec.Cmd) (time.Duration, error) {
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, out)
	}
	return time.Since(start), nil
}

// watched makes peak start the command. The returned function reads the peak
// memory, in bytes, of the command when it has ended.
func (p *programs) watched(cmd *exec.Cmd) (*exec.Cmd, func() (int64, error)) {
	file := filepath.Join(p.folder, "peak.txt")
	watched := p.command("", "peak", append([]string{file}, cmd.Args...)...)
	watched.Env = cmd.Env
	return watched, func() (int64, error) {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		return strconv.ParseInt(string(text), 10, 64)
	}
}

// peakOf runs a command and returns its peak memory, in bytes.
func (p *programs) peakOf(cmd *exec.Cmd) (int64, error) {
	watched, peak := p.watched(cmd)
	if _, err := timed(watched); err != nil {
		return 0, err
	}
	return peak()
}

// inTurns runs a and b by turns and returns the median wall time of each.
func inTurns(times int, a, b func() *exec.Cmd) (time.Duration, time.Duration, error) {
	var as, bs []time.Duration
	for i := range times + 3 {
		for _, c := range []struct {
			command func() *exec.Cmd
			into    *[]time.Duration
		}{{a, &as}, {b, &bs}} {
			took, err := timed(c.command())
			if err != nil {
				return 0, 0, err
			}
			if i >= 3 { // the first runs fill the caches
				*c.into = append(*c.into, took)
			}
		}
	}
	return median(as), median(bs), nil
}

func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", float64(a)/float64(b)) }

func measureStart(_ context.Context, p *programs) ([]row, error) {
	hello := func() *exec.Cmd { return p.command("", "hello") }
	var rows []row
	for _, c := range []struct {
		goal string
		args []string
	}{
		{"at most 2.2", []string{"version"}},
		{"at most 5", []string{"--local", "callback", "list"}},
	} {
		ours, theirs, err := inTurns(101, func() *exec.Cmd { return p.command("", "sesctl", c.args...) }, hello)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{fmt.Sprintf("sesctl %s: wall time against hello, world", strings.Join(c.args, " ")), ours.Round(10 * time.Microsecond).String(), theirs.Round(10 * time.Microsecond).String(), ratio(ours, theirs), c.goal})
	}
	return rows, nil
}

// measureResolve asks an emulator in a process of its own, as users have it: one in
// this process would compete with the start of what is measured.
func measureResolve(_ context.Context, p *programs) ([]row, error) {
	endpoint, stop, err := p.emulator(address(0), address(1))
	if err != nil {
		return nil, err
	}
	defer stop()
	resolve := func() *exec.Cmd {
		return p.command(endpoint, "sesctl", "callback", "resolve", address(0))
	}
	ours, theirs, err := inTurns(101, resolve, func() *exec.Cmd { return p.command(endpoint, "sdkcall") })
	if err != nil {
		return nil, err
	}
	peak, err := p.peakOf(resolve())
	if err != nil {
		return nil, err
	}
	return []row{
		{"callback resolve over HTTP: wall time against one bare SDK call", ours.Round(10 * time.Microsecond).String(), theirs.Round(10 * time.Microsecond).String(), ratio(ours, theirs), "at most 1.4"},
		{"callback resolve over HTTP: peak memory", mebibytes(peak), "", "", "at most 16 MiB"},
	}, nil
}

// emulator starts "sesctl emulator serve" and returns its base URL.
func (p *programs) emulator(senders ...string) (endpoint string, stop func(), err error) {
	args := []string{"emulator", "serve", "--memory", "--listen", "127.0.0.1:0"}
	for _, s := range senders {
		args = append(args, "--sender", s)
	}
	cmd := p.command("", "sesctl", args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the emulator did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

func mebibytes(n int64) string {
	if n == 0 {
		return "not known here"
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// measureAll shows how the time grows with the number of senders.
func measureAll(ctx context.Context, p *programs) ([]row, error) {
	var rows []row
	var before time.Duration
	for _, senders := range []int{100, 1000, 10000} {
		endpoint, stop, err := serve(ctx, senders)
		if err != nil {
			return nil, err
		}
		var times []time.Duration
		for range 7 {
			took, err := timed(p.command(endpoint, "sesctl", "callback", "resolve", "--all", "-o", "json"))
			if err != nil {
				stop()
				return nil, err
			}
			times = append(times, took)
		}
		stop()
		took := median(times)
		r := row{fmt.Sprintf("callback resolve --all, %d senders: wall time against a tenth of them", senders), took.Round(100 * time.Microsecond).String(), "", "", "at most 10"}
		if before > 0 {
			r.against, r.ratio = before.Round(100*time.Microsecond).String(), ratio(took, before)
		}
		if senders == 10000 {
			r.goal += ", under 500 ms"
		}
		before = took
		rows = append(rows, r)
	}
	return rows, nil
}

func address(i int) string {
	// SES takes ten sender addresses a domain.
	return fmt.Sprintf("sender%d@domain%d.example.com", i%10, i/10)
}

// account is an emulator in memory, and a way to it that takes no socket.
type account struct {
	emulator *emulator.Emulator
	client   *ses.Client
}

// newAccount returns an account with sender addresses and no callbacks.
func newAccount(ctx context.Context, senders int, policy callback.Policy) (account, error) {
	addresses := make([]string, senders)
	for i := range addresses {
		addresses[i] = address(i)
	}
	e, err := emulator.Open(ctx, emulator.Options{Senders: addresses, Policy: policy})
	if err != nil {
		return account{}, err
	}
	client, err := ses.New(ses.Options{Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: e.Transport(),
		Credentials: ses.Credentials{SecretID: "local", SecretKey: "local"}, Getenv: os.Getenv})
	return account{e, client}, err
}

// serve starts an emulator in memory, in which each sender has a callback.
func serve(ctx context.Context, senders int) (endpoint string, stop func(), err error) {
	return serveAt(ctx, senders, callback.Policy{}, callbackURL)
}

// serveAt is serve with callbacks of one's own.
func serveAt(ctx context.Context, senders int, policy callback.Policy, url func(int) string) (endpoint string, stop func(), err error) {
	a, err := newAccount(ctx, senders, policy)
	if err != nil {
		return "", nil, err
	}
	for i := range senders {
		target, err := callback.ParseSender(address(i))
		if err != nil {
			return "", nil, err
		}
		if _, err := a.client.Put(ctx, callback.Callback{Target: target, URL: url(i)}, ""); err != nil {
			return "", nil, err
		}
	}
	return serveHandler(ctx, a.emulator)
}

func callbackURL(i int) string { return fmt.Sprintf("https://hooks.example.com:8080/%d", i) }

func serveHandler(ctx context.Context, handler http.Handler) (endpoint string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- emulator.Serve(serving, listener, handler) }()
	return "http://" + listener.Addr().String(), func() { cancel(); <-done }, nil
}
