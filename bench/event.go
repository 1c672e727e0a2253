package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

const connections = 64

// listening is a program that receives events.
type listening struct {
	cmd *exec.Cmd
	url string
}

func startListening(cmd *exec.Cmd) (listening, error) {
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return listening{}, err
	}
	if err := cmd.Start(); err != nil {
		return listening{}, err
	}
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		_ = cmd.Process.Kill()
		return listening{}, fmt.Errorf("%s does not listen: %s", filepath.Base(cmd.Path), line)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return listening{cmd, url}, nil
}

// end stops the program.
func (l listening) end() {
	_ = l.cmd.Process.Signal(os.Interrupt)
	_ = l.cmd.Wait()
}

func (p *programs) listen(args ...string) *exec.Cmd {
	return p.command("", "sesctl", append([]string{"event", "listen", "--listen", "127.0.0.1:0"}, args...)...)
}

// flood sends events over many connections while more returns true. It returns the
// mean time of an event.
func flood(url string, more func(sent int64) bool) (time.Duration, error) {
	body, err := sampleBody()
	if err != nil {
		return 0, err
	}
	return floodWith(url, func(int64) []byte { return body }, more)
}

// floodWith is flood with a body for each event.
func floodWith(url string, body func(n int64) []byte, more func(sent int64) bool) (time.Duration, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	var sent, failed atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range connections {
		workers.Go(func() {
			for n := sent.Add(1); more(n); n = sent.Add(1) {
				if err := postEvent(transport, url, body(n)); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	workers.Wait()
	if failed.Load() > 0 {
		return 0, fmt.Errorf("%d of %d events were not answered 200", failed.Load(), sent.Load())
	}
	return time.Since(start) / time.Duration(sent.Load()), nil
}

func sampleBody() ([]byte, error) { return bodyOf(event.Bounce) }

func deliveredBody() ([]byte, error) { return bodyOf(event.Delivered) }

func bodyOf(t event.Type) ([]byte, error) {
	sample, err := event.Sample(t)
	if err != nil {
		return nil, err
	}
	return event.Encode(sample)
}

func postEvent(transport *http.Transport, url string, body []byte) error {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", response.StatusCode)
	}
	return nil
}

// measureListen compares "event listen" with a bare handler, by the events a second
// that they receive. Each is a process of its own.
func measureListen(_ context.Context, p *programs) ([]row, error) {
	bare, err := startListening(p.command("", "bareevents", "serve"))
	if err != nil {
		return nil, err
	}
	defer bare.end()
	var rows []row
	for _, c := range []struct {
		what, goal string
		args       []string
	}{
		{"event listen: events a second against a bare handler that parses", "at least 0.7", nil},
		{"event listen --save: the same", "at least 0.4", []string{"--save", filepath.Join(p.folder, "events.jsonl")}},
	} {
		ours, err := startListening(p.listen(c.args...))
		if err != nil {
			return nil, err
		}
		a, b, err := floodInTurns(ours.url, bare.url)
		ours.end()
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{c.what, fmt.Sprintf("%.0f/s", 1/a.Seconds()), fmt.Sprintf("%.0f/s", 1/b.Seconds()), ratio(b, a), c.goal})
	}
	return rows, nil
}

func floodInTurns(a, b string) (time.Duration, time.Duration, error) {
	return inTurnsWith(a, b, flood)
}

func inTurnsWith(a, b string, flood func(string, func(int64) bool) (time.Duration, error)) (time.Duration, time.Duration, error) {
	var as, bs []time.Duration
	for range rounds {
		for _, side := range []struct {
			url  string
			into *[]time.Duration
		}{{a, &as}, {b, &bs}} {
			end := time.Now().Add(roundTime)
			took, err := flood(side.url, func(int64) bool { return time.Now().Before(end) })
			if err != nil {
				return 0, 0, err
			}
			*side.into = append(*side.into, took)
		}
	}
	return median(as), median(bs), nil
}

// measureListenMemory shows that the memory of a listener does not grow with the
// number of events that it has received.
func measureListenMemory(_ context.Context, p *programs) ([]row, error) {
	return comparePeaks("event listen", func(events int64) (int64, error) {
		cmd, peak := p.watched(p.listen())
		l, err := startListening(cmd)
		if err != nil {
			return 0, err
		}
		_, err = flood(l.url, func(sent int64) bool { return sent <= events })
		l.end()
		if err != nil {
			return 0, err
		}
		return peak()
	})
}

// comparePeaks returns the row that compares the peak memory of a program after many
// events with its peak after few. peakAfter runs the program, and returns its peak in
// bytes.
func comparePeaks(program string, peakAfter func(events int64) (int64, error)) ([]row, error) {
	few, err := peakAfter(100_000)
	if err != nil {
		return nil, err
	}
	many, err := peakAfter(1_000_000)
	if err != nil {
		return nil, err
	}
	r := row{program + ": peak memory after 1,000,000 events against 100,000", mebibytes(many), mebibytes(few), "", "flat"}
	if few > 0 {
		r.ratio = fmt.Sprintf("%.2f", float64(many)/float64(few))
	}
	return []row{r}, nil
}

// measureTrigger compares "event trigger" with a loop of the standard HTTP client.
func measureTrigger(_ context.Context, p *programs) ([]row, error) {
	receiver, err := startListening(p.command("", "bareevents", "serve"))
	if err != nil {
		return nil, err
	}
	defer receiver.end()
	const events, parallel = "10000", "16"
	ours, theirs, err := inTurns(5,
		func() *exec.Cmd {
			return p.command("", "sesctl", "event", "trigger", "bounce", "--count", events, "--parallel", parallel, "--to", receiver.url)
		},
		func() *exec.Cmd { return p.command("", "bareevents", "send", receiver.url, events, parallel) })
	if err != nil {
		return nil, err
	}
	perSecond := func(d time.Duration) string { return fmt.Sprintf("%.0f/s", 10000/d.Seconds()) }
	return []row{{"event trigger of 10,000 events, 16 at a time: events a second against a bare loop",
		perSecond(ours), perSecond(theirs), ratio(theirs, ours), "at least 0.7"}}, nil
}

// measureCheck shows that receivers that do not answer cost one timeout in total,
// however many of them there are.
func measureCheck(ctx context.Context, p *programs) ([]row, error) {
	receiver, err := startListening(p.command("", "bareevents", "serve"))
	if err != nil {
		return nil, err
	}
	defer receiver.end()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections, and does not answer
	if err != nil {
		return nil, err
	}
	defer silent.Close()
	const callbacks, limit = 200, 2 * time.Second
	silentURL := fmt.Sprintf("http://%s/", silent.Addr())
	policy := callback.Policy{Ports: []int{portOf(silentURL), portOf(receiver.url)}}
	endpoint, stop, err := serveAt(ctx, callbacks, policy, func(i int) string {
		if i%10 == 0 {
			return silentURL + strconv.Itoa(i)
		}
		return receiver.url + strconv.Itoa(i)
	})
	if err != nil {
		return nil, err
	}
	defer stop()
	cmd := p.command(endpoint, "sesctl", "callback", "check", "--all", "--timeout", limit.String(), "-q")
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start)
	if failed := strings.Count(string(out), "fail\n"); failed != callbacks/10 || cmd.ProcessState.ExitCode() != 3 {
		return nil, fmt.Errorf("callback check: %d failed, %w", failed, err)
	}
	return []row{{fmt.Sprintf("callback check --all of %d, a tenth of which do not answer: wall time against the timeout", callbacks),
		took.Round(time.Millisecond).String(), limit.String(), ratio(took, limit), "about one timeout"}}, nil
}

func portOf(rawURL string) int {
	u, err := url.Parse(rawURL)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(u.Port()) // 0 is not a port, so it allows nothing
	return port
}
