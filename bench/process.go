package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

func measureStart(_ context.Context, p *programs) ([]row, error) {
	hello := func() *exec.Cmd { return p.command("", "hello") }
	var rows []row
	for _, c := range []struct {
		goal string
		args []string
	}{
		{"at most 2.5", []string{"version"}},
		{"at most 5", []string{"--local", "callback", "list"}},
	} {
		ours, theirs, err := inTurns(101, func() *exec.Cmd { return p.command("", "sesctl", c.args...) }, hello)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{fmt.Sprintf("sesctl %s: wall time against hello, world", strings.Join(c.args, " ")), ours.Round(10 * time.Microsecond).String(), theirs.Round(10 * time.Microsecond).String(), ratio(ours, theirs), c.goal})
	}
	inChinese := func() *exec.Cmd { return p.command("", "sesctl", "--lang", "zh-CN", "version") }
	inEnglish := func() *exec.Cmd { return p.command("", "sesctl", "--lang", "en", "version") }
	ours, theirs, err := inTurns(101, inChinese, inEnglish)
	if err != nil {
		return nil, err
	}
	return append(rows, row{"sesctl version in Chinese: wall time against English", ours.Round(10 * time.Microsecond).String(), theirs.Round(10 * time.Microsecond).String(), ratio(ours, theirs), "at most 1.15"}), nil
}

// measureResolve uses an emulator in a process of its own, as users do. An emulator in
// this process would compete with the program that is measured.
func measureResolve(_ context.Context, p *programs) ([]row, error) {
	endpoint, stop, err := p.emulator(address(0), address(1))
	if err != nil {
		return nil, err
	}
	defer stop()
	resolve := func(program string) func() *exec.Cmd {
		return func() *exec.Cmd { return p.command(endpoint, program, "callback", "resolve", address(0)) }
	}
	var rows []row
	for _, c := range []struct{ what, program, goal string }{
		{"callback resolve over HTTP", "sesctl", "at most 1.4"},
		{"the same in cobra, the SDK and tablewriter alone", "plainresolve", ""},
		{"the same, in a program that contains sesctl", "plainlinked", ""},
	} {
		ours, theirs, err := inTurns(101, resolve(c.program), func() *exec.Cmd { return p.command(endpoint, "sdkcall") })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{c.what + ": wall time against one bare SDK call", ours.Round(10 * time.Microsecond).String(), theirs.Round(10 * time.Microsecond).String(), ratio(ours, theirs), c.goal})
	}
	peak, err := p.peakOf(resolve("sesctl")())
	if err != nil {
		return nil, err
	}
	return append(rows, row{"callback resolve over HTTP: peak memory", mebibytes(peak), "", "", "at most 16 MiB"}), nil
}

// measureAll measures how the time grows with the number of senders.
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
	// SES accepts ten sender addresses for each domain.
	return fmt.Sprintf("sender%d@domain%d.example.com", i%10, i/10)
}

// account is an emulator in memory, and a client that calls it without a socket.
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

// serve starts an emulator in memory in which each sender has a callback.
func serve(ctx context.Context, senders int) (endpoint string, stop func(), err error) {
	return serveAt(ctx, senders, callback.Policy{}, callbackURL)
}

// serveAt is like serve, with the given rules and callback URLs.
func serveAt(ctx context.Context, senders int, policy callback.Policy, url func(int) string) (endpoint string, stop func(), err error) {
	a, err := filledAccount(ctx, senders, policy, url)
	if err != nil {
		return "", nil, err
	}
	return serveHandler(ctx, a.emulator)
}

// filledAccount returns an account in which each sender has a callback.
func filledAccount(ctx context.Context, senders int, policy callback.Policy, url func(int) string) (account, error) {
	a, err := newAccount(ctx, senders, policy)
	if err != nil {
		return account{}, err
	}
	for i := range senders {
		target, err := callback.ParseSender(address(i))
		if err != nil {
			return account{}, err
		}
		if _, err := a.client.Make(ctx, callback.NewChange(target, callback.URL{}, callback.NewURL(url(i)))); err != nil {
			return account{}, err
		}
	}
	return a, nil
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
