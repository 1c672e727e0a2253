package webhook

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// Status is what a step of a check found.
type Status string

// The statuses, from good to bad. Skip is for a step that could not be done or was not
// asked for.
const (
	OK   Status = "ok"
	Skip Status = "skip"
	Warn Status = "warn"
	Fail Status = "fail"
)

// The names of the steps, in their order. There is one StepTCP for each address
// of the host, and one StepTLS for each that took the connection.
const (
	StepURL  = "url" // only if the URL cannot be used at all
	StepDNS  = "dns"
	StepTCP  = "tcp"
	StepTLS  = "tls"
	StepPost = "post"
)

// Step is one step of a check. Its detail holds no secret.
type Step struct {
	Name       string  `json:"name"`
	Status     Status  `json:"status"`
	Detail     string  `json:"detail"`
	DurationMS float64 `json:"duration_ms"`
}

// Report is what the check of one callback found.
type Report struct {
	URL        callback.URL
	Status     Status // the worst of the steps: ok, warn or fail
	Steps      []Step
	DurationMS float64
}

// Checker checks whether callbacks can receive events: the addresses of the host, a
// connection to each, TLS, and the answer to a sample event. It connects directly,
// never through a proxy: what a proxy passes proves nothing about SES. It does not
// check the rules of package callback.
type Checker struct {
	Network Network

	// Timeout is the limit of a whole call of Check or CheckAll; 10 s if 0.
	Timeout time.Duration

	// Parallel is how many checks of CheckAll start at the same time; 64 if 0.
	Parallel int

	// AllowPrivate accepts addresses that the internet cannot reach. Otherwise they
	// are a failure, and there is no connection to them.
	AllowPrivate bool

	// NoPost leaves the sample event out.
	NoPost bool

	// Now is the clock for the times of steps and the age of certificates;
	// time.Now if nil.
	Now func() time.Time
}

func (c *Checker) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Checker) timeout() time.Duration {
	return timeLimit(c.Timeout, 10*time.Second)
}

// Check checks one callback.
//
// It posts the documented sample of a "delivered" event, with [TestHeader] and
// [TestField] set to "check", and the current time. These are failures: a redirect,
// another status outside 2xx, no answer in time, a private address, and a certificate
// that is not trusted. These are warnings: a certificate with less than 14 days left,
// and an address that refuses connections if another address of the host accepts them.
func (c *Checker) Check(ctx context.Context, u callback.URL) Report {
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	return c.check(ctx, u)
}

// CheckAll checks callbacks in parallel and returns the reports in their order. It ends
// within one Timeout, however many callbacks do not answer: a callback that was not
// checked by then fails. If done is not nil, it is called after each check, by one
// goroutine at a time.
func (c *Checker) CheckAll(ctx context.Context, urls []callback.URL, done func(index int, report Report)) []Report {
	parallel := c.Parallel
	if parallel <= 0 {
		parallel = 64
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	reports := make([]Report, len(urls))
	slots := make(chan struct{}, parallel)
	var reporting sync.Mutex
	var running sync.WaitGroup
	for i, u := range urls {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		running.Go(func() {
			// Most of the work is at the beginning. A check that only waits for an
			// answer costs a socket, and must not delay the others.
			release := sync.OnceFunc(func() { <-slots })
			if ctx.Err() == nil {
				timer := time.AfterFunc(c.timeout()/20, release)
				defer timer.Stop()
				defer release()
			}
			reports[i] = c.check(ctx, u)
			if done != nil {
				reporting.Lock()
				defer reporting.Unlock()
				done(i, reports[i])
			}
		})
	}
	running.Wait()
	return reports
}

// run is one check.
type run struct {
	*Checker
	steps []Step
}

func (c *Checker) check(ctx context.Context, u callback.URL) Report {
	start := c.now()
	r := run{Checker: c}
	if ctx.Err() != nil {
		r.add(StepDNS, Fail, "not reached within the timeout of all checks", start)
	} else {
		r.checkURL(ctx, u)
	}
	report := Report{URL: u, Status: OK, Steps: r.steps, DurationMS: c.since(start)}
	for _, step := range r.steps {
		if step.Status == Fail || step.Status == Warn && report.Status == OK {
			report.Status = step.Status
		}
	}
	return report
}

func (r *run) checkURL(ctx context.Context, u callback.URL) {
	target, err := parseTarget(u.Whole())
	if err != nil {
		r.add(StepURL, Fail, err.Error(), r.now())
		return
	}
	addresses := r.resolve(ctx, target)
	reachable := r.connect(ctx, target, addresses)
	trusted := reachable
	if target.secure {
		trusted = r.handshake(ctx, target, reachable)
	}
	switch {
	case r.NoPost:
		r.add(StepPost, Skip, "not asked for", r.now())
	case len(trusted) == 0:
		r.add(StepPost, Skip, "there is no connection", r.now())
	default:
		r.post(ctx, target, trusted[0])
	}
}

func (r *run) add(name string, status Status, detail string, start time.Time) {
	r.steps = append(r.steps, Step{name, status, detail, r.since(start)})
}

func (c *Checker) since(start time.Time) float64 {
	return float64(c.now().Sub(start).Microseconds()) / 1000
}

// testPayload is the sample event of a check.
func testPayload(now time.Time) ([]byte, error) {
	sample, err := event.Sample(event.Delivered, event.WithTime(now), event.WithField(TestField, "check"))
	if err != nil {
		return nil, err
	}
	return event.Encode(sample)
}

// half returns a context with half of the remaining time, so that a step that gets no
// answer leaves time for the next step.
func half(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}

// target is what a check needs of a URL.
type target struct {
	url    *url.URL
	host   string // in ASCII, without brackets
	port   string
	secure bool
}

func parseTarget(rawURL string) (target, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return target{}, fmt.Errorf("the URL cannot be parsed")
	}
	t := target{url: u, host: asciiHost(u), port: u.Port(), secure: u.Scheme == "https"}
	switch {
	case !t.secure && u.Scheme != "http":
		return target{}, fmt.Errorf("the scheme is not http or https")
	case t.host == "":
		return target{}, fmt.Errorf("the URL has no host")
	case t.port == "" && t.secure:
		t.port = "443"
	case t.port == "":
		t.port = "80"
	}
	return t, nil
}
