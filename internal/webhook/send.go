package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/time/rate"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Message is a body to POST.
type Message struct {
	Name        string // for people, such as the type of the event
	Body        []byte
	ContentType string      // application/json if ""
	Header      http.Header // besides the headers of the sender; may be nil

	// Malformed marks a body that is wrong on purpose. An answer of 4xx then
	// counts as a success, because the receiver has survived.
	Malformed bool
}

// Outcome is the result of sending a message.
type Outcome struct {
	Message Message
	Status  int           // 0 if there was no answer
	Line    string        // the first line of an answer outside 2xx
	Err     error         // why it is a failure; nil if it is not
	Latency time.Duration // until the head of the answer

	// Proxy may have given the answer in place of the receiver; nil if it cannot.
	Proxy *network.Proxy
}

// unsent reports whether a proxy did not pass the message on.
func (o Outcome) unsent() bool {
	var proxy *network.ProxyError
	return errors.As(o.Err, &proxy)
}

// refused reports whether a proxy refuses every message.
func (o Outcome) refused() bool {
	var proxy *network.ProxyError
	return errors.As(o.Err, &proxy) && proxy.Refused()
}

// Sender POSTs messages to a URL.
type Sender struct {
	Network Network

	// Header goes with every message. Host sets the host of the request.
	Header http.Header

	// Concurrency is how many messages are in flight at once; 1 if 0, which
	// also keeps their order.
	Concurrency int

	// Rate is how many messages are begun in a second, on the average of the
	// whole run; 0 for as many as possible. If the receiver is slower than
	// that, Concurrency bounds them.
	Rate float64

	// Timeout is the limit for one answer; 10 s if 0.
	Timeout time.Duration
}

// Send POSTs messages until there are no more or ctx ends, and sums up. It calls done,
// which may be nil, with each outcome, in one goroutine at a time. It uses the proxy of
// the environment, and follows no redirect. It ends if that proxy refuses the password:
// no further message would be sent. The error is about the arguments, is of the
// kind usage, and comes before anything was sent. What is wrong with a message is in its
// outcome.
func (s *Sender) Send(ctx context.Context, rawURL string, messages iter.Seq[Message], done func(Outcome)) (Summary, error) {
	post, client, err := s.poster(rawURL)
	if err != nil {
		return Summary{}, err
	}
	defer client.CloseIdleConnections()
	going, end := context.WithCancel(ctx) // messages in flight do not end with it
	defer end()
	total := newTally()
	concurrency := max(s.Concurrency, 1)
	// Without a buffer, a replay in order begins the pause before a message when the message
	// before it is sent, and not when it is queued.
	queue := make(chan Message, concurrency-1)
	var reporting sync.Mutex
	var workers sync.WaitGroup
	for range concurrency {
		workers.Go(func() {
			for message := range queue {
				if going.Err() != nil {
					return
				}
				outcome := post(ctx, message)
				reporting.Lock()
				total.add(outcome)
				if done != nil {
					done(outcome)
				}
				reporting.Unlock()
				if outcome.refused() {
					end()
				}
			}
		})
	}
	s.feed(going, messages, queue)
	close(queue)
	workers.Wait()
	return total.summary(), nil
}

// feed hands the messages out at the rate, until ctx ends.
func (s *Sender) feed(ctx context.Context, messages iter.Seq[Message], queue chan<- Message) {
	limiter := s.limiter()
	for message := range messages {
		if limiter != nil && limiter.Wait(ctx) != nil {
			<-ctx.Done() // Wait gives up at once if the deadline comes first
		}
		if ctx.Err() != nil {
			return
		}
		select {
		case queue <- message:
		case <-ctx.Done():
			return
		}
	}
}

// limiter allows for the pauses of the scheduler: what a late wake-up has missed
// of the last 50 ms is made up for, so that the average holds.
func (s *Sender) limiter() *rate.Limiter {
	if s.Rate <= 0 {
		return nil
	}
	const catchUp = 50 * time.Millisecond
	burst := max(1, int(s.Rate*catchUp.Seconds()))
	limiter := rate.NewLimiter(rate.Limit(s.Rate), burst)
	limiter.AllowN(time.Now(), burst-1) // nothing has been missed yet
	return limiter
}

// poster prepares what all requests share.
func (s *Sender) poster(rawURL string) (func(context.Context, Message) Outcome, *http.Client, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, nil, failure.New(failure.Usage, "%s is not an http or https URL", callback.Quote(callback.NewURL(rawURL).String()))
	}
	header := http.Header{"Content-Type": {contentType}, "User-Agent": {userAgent}}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) { // in order, for the same error each time
		values := s.Header[name]
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, nil, failure.New(failure.Usage, "%s is not the name of a header", callback.Quote(name))
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return nil, nil, failure.New(failure.Usage, "the value of the header %s contains a character that is not allowed in headers", callback.Quote(name))
			}
		}
		header[http.CanonicalHeaderKey(name)] = values
	}
	client := newClient(s.Network.throughProxy(max(s.Concurrency, 1)))
	client.Timeout = timeLimit(s.Timeout, 10*time.Second)
	via, err := s.via(u)
	if err != nil {
		return nil, nil, err
	}
	hostHeader := header.Get("Host")
	header.Del("Host")
	post := func(ctx context.Context, message Message) Outcome {
		start := time.Now()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(message.Body))
		if err != nil {
			return Outcome{Message: message, Err: errors.New("the URL cannot be used for a request")}
		}
		request.Header = message.header(header)
		if hostHeader != "" {
			request.Host = hostHeader
		}
		response, err := client.Do(request)
		latency := time.Since(start)
		if err != nil {
			return Outcome{Message: message, Err: sendError(err, via), Latency: latency, Proxy: via}
		}
		outcome := Outcome{Message: message, Status: response.StatusCode, Err: message.judge(response.StatusCode, via), Latency: latency, Proxy: via}
		if response.StatusCode/100 != 2 {
			begin, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
			outcome.Line = network.FirstLine(begin, rawURL)
		}
		discard(response.Body)
		return outcome
	}
	return post, client, nil
}

// header returns the headers of one message, and leaves the common ones unchanged.
func (m Message) header(all http.Header) http.Header {
	header := make(http.Header, len(all)+len(m.Header))
	for name, values := range all {
		header[name] = values
	}
	for name, values := range m.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if m.ContentType != "" {
		header["Content-Type"] = []string{m.ContentType}
	}
	return header
}

// via returns the proxy that may give an answer in place of the receiver, or nil. Over
// plain HTTP nobody can see which of them did. Over TLS only the receiver can answer.
func (s *Sender) via(u *url.URL) (*network.Proxy, error) {
	proxy, err := s.Network.proxyOf(u)
	if err != nil || u.Scheme != "http" {
		return nil, err
	}
	return proxy, nil
}

func sendError(err error, via *network.Proxy) error {
	var proxy *network.ProxyError
	if errors.As(err, &proxy) {
		return proxy // it names the proxy
	}
	return errors.New(reason(err) + through(via))
}

func (m Message) judge(status int, via *network.Proxy) error {
	switch {
	case status/100 == 2, m.Malformed && status/100 == 4:
		return nil
	}
	return errors.New("answered " + statusLine(status) + through(via))
}

// through names the proxy that may have given the answer. It returns "" if there is none.
func through(via *network.Proxy) string {
	if via == nil {
		return ""
	}
	return " (through " + via.Name() + ")"
}
