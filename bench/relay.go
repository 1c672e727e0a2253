package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const relayPath = "/ses/0123456789abcdef"

// relayRun is a relay with an engine, beside a bare handler with the same engine.
type relayRun struct {
	p      *programs
	engine listening
	bare   listening
}

func startRelayRun(p *programs) (*relayRun, error) {
	folder, err := os.MkdirTemp(p.folder, "nats")
	if err != nil {
		return nil, err
	}
	r := &relayRun{p: p}
	if r.engine, err = startListening(p.command("", "natsd", folder)); err != nil {
		return nil, err
	}
	if r.bare, err = startListening(p.command("", "barepublish", "nats://"+r.engine.url, "ses.bare")); err != nil {
		r.engine.end()
		return nil, err
	}
	return r, nil
}

func (r *relayRun) end() {
	r.bare.end()
	r.engine.end()
}

// relay starts the program and waits until it answers.
func (p *programs) relay(engine string, args ...string) (listening, error) {
	cmd := p.command("", "sesctl-relay", relayArgs(engine, args...)...)
	return p.startRelay(cmd)
}

// relayAddress is where the relay listens: its log names it, but as JSON.
const relayAddress = "127.0.0.1:18080"

func relayArgs(engine string, args ...string) []string {
	return append([]string{"serve", "--listen", relayAddress, "--path", relayPath, "--to", "nats://" + engine + "/ses.relay", "--log-level", "error"}, args...)
}

func (p *programs) startRelay(cmd *exec.Cmd) (listening, error) {
	if err := cmd.Start(); err != nil {
		return listening{}, err
	}
	l := listening{cmd, "http://" + relayAddress + relayPath}
	for range 500 {
		if response, err := http.Get(l.url); err == nil {
			response.Body.Close()
			return l, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	l.end()
	return listening{}, errors.New("sesctl-relay does not listen")
}

// measureRelay compares events a second, and the latency at half the bare handler's
// rate.
func measureRelay(_ context.Context, p *programs) ([]row, error) {
	r, err := startRelayRun(p)
	if err != nil {
		return nil, err
	}
	defer r.end()
	ours, err := p.relay(r.engine.url)
	if err != nil {
		return nil, err
	}
	defer ours.end()
	different, err := differentBodies()
	if err != nil {
		return nil, err
	}
	flooding := func(url string, more func(int64) bool) (time.Duration, error) { return floodWith(url, different, more) }
	a, b, err := inTurnsWith(ours.url, r.bare.url, flooding)
	if err != nil {
		return nil, err
	}
	rows := []row{{"sesctl-relay into JetStream: events a second against a bare handler that publishes and waits", perSecond(a), perSecond(b), ratio(b, a), "at least 0.8"}}
	x, y, err := latencies(ours.url, r.bare.url, different, 2*b)
	if err != nil {
		return nil, err
	}
	return append(rows, row{"sesctl-relay at half of the bare handler's rate: p99 against its", x.Round(time.Microsecond).String(), y.Round(time.Microsecond).String(), ratio(x, y), "at most 1.5"}), nil
}

// turns is how many short turns each side has when latencies are compared. A turn is
// short, so that what else the machine does disturbs both sides alike.
const turns = 40

// latencies sends events to two receivers in turns, one at each interval, and returns the
// 99th percentile of each.
func latencies(a, b string, body func(int64) []byte, every time.Duration) (time.Duration, time.Duration, error) {
	sides := []*steady{newSteady(a), newSteady(b)}
	for turn := range turns + 2 {
		for _, side := range sides {
			if err := side.run(body, every, roundTime/4, turn >= 2); err != nil { // the first turns open connections
				return 0, 0, err
			}
		}
	}
	return sides[0].percentile(99), sides[1].percentile(99), nil
}

// steady sends events to a receiver at a rate, over connections that stay open.
type steady struct {
	url       string
	transport *http.Transport
	mu        sync.Mutex
	took      []time.Duration
}

func newSteady(url string) *steady {
	return &steady{url: url, transport: &http.Transport{MaxIdleConnsPerHost: connections}}
}

// run measures each event from when it was due to its answer.
func (s *steady) run(body func(int64) []byte, every, lasting time.Duration, keep bool) error {
	var next, failed atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range connections {
		workers.Go(func() {
			for {
				n := next.Add(1)
				due := time.Duration(n) * every
				if due > lasting {
					return
				}
				time.Sleep(time.Until(start.Add(due)))
				if postEvent(s.transport, s.url, body(n)) != nil {
					failed.Add(1)
				}
				if took := time.Since(start.Add(due)); keep {
					s.mu.Lock()
					s.took = append(s.took, took)
					s.mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	if failed.Load() > 0 {
		return fmt.Errorf("%d of %d events were not answered 200", failed.Load(), next.Load())
	}
	return nil
}

func (s *steady) percentile(p int) time.Duration {
	slices.Sort(s.took)
	return s.took[len(s.took)*p/100]
}

func perSecond(d time.Duration) string { return fmt.Sprintf("%.0f/s", 1/d.Seconds()) }

// differentBodies returns events of which no two are the same: JetStream would drop the
// second, which is less work.
func differentBodies() (func(int64) []byte, error) {
	sample, err := sampleBody()
	if err != nil {
		return nil, err
	}
	run := time.Now().UnixNano()
	var made atomic.Int64
	return func(int64) []byte {
		return bytes.Replace(sample, []byte("8jolHvR2XcXC1"), fmt.Appendf(nil, "%d-%d", run, made.Add(1)), 1)
	}, nil
}

// measureRelaySpool compares a relay whose engine is away with "event listen --save":
// both bring each event to disk before they answer.
func measureRelaySpool(_ context.Context, p *programs) ([]row, error) {
	spool, err := os.MkdirTemp(p.folder, "spool")
	if err != nil {
		return nil, err
	}
	ours, err := p.relay("127.0.0.1:1", "--spool", spool, "--spool-max", "100GiB")
	if err != nil {
		return nil, err
	}
	defer ours.end()
	saving, err := startListening(p.listen("--save", filepath.Join(p.folder, "saved.jsonl")))
	if err != nil {
		return nil, err
	}
	defer saving.end()
	a, b, err := floodInTurns(ours.url, saving.url)
	if err != nil {
		return nil, err
	}
	return []row{{"sesctl-relay --spool with the engine away: events a second against event listen --save", perSecond(a), perSecond(b), ratio(b, a), "at least 0.5"}}, nil
}

// measureRelayMemory shows that what a relay takes does not grow with what it has
// passed on.
func measureRelayMemory(_ context.Context, p *programs) ([]row, error) {
	r, err := startRelayRun(p)
	if err != nil {
		return nil, err
	}
	defer r.end()
	return comparePeaks("sesctl-relay", func(events int64) (int64, error) {
		cmd, peak := p.watched(p.command("", "sesctl-relay", relayArgs(r.engine.url)...))
		l, err := p.startRelay(cmd)
		if err != nil {
			return 0, err
		}
		different, err := differentBodies()
		if err == nil {
			_, err = floodWith(l.url, different, func(sent int64) bool { return sent <= events })
		}
		l.end()
		if err != nil {
			return 0, err
		}
		return peak()
	})
}
