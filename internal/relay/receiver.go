package relay

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/sesctl/sesctl/pkg/event"
)

// receiver receives events over HTTP.
//
// It answers 404 to an unknown path, and 405 to another method than POST. A body over
// 1 MiB is answered 413, and a body that does not arrive in time 408. A body that is
// not an event is answered 400, unless there is an outlet for dead letters. An event
// is answered 200 after every outlet has it, and 503 if it could not be kept. If an
// engine refuses it and there are no dead letters, it is answered 413.
type receiver struct {
	paths   [][sha256.Size]byte
	outlets []*outlet
	dead    *outlet // nil for none
	places  chan struct{}
	bytes   atomic.Int64  // bytes of the bodies that have a place
	wait    time.Duration // how long a request waits for a place
	log     *slog.Logger
	often   *rate.Limiter // bounds how often failures are logged
	metrics *metrics
}

// answer is the answer to a request.
type answer struct {
	status int
	text   string
}

func ok() answer { return answer{http.StatusOK, ""} }

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	start := time.Now()
	if !r.isPath(request.URL.Path) {
		r.reply(w, "none", answer{http.StatusNotFound, "not found"})
		return
	}
	if request.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		r.reply(w, "none", answer{http.StatusMethodNotAllowed, "events are received by POST"})
		return
	}
	body, refused := readBody(request)
	if refused != nil {
		w.Header().Set("Connection", "close")
		r.reply(w, "none", *refused)
		return
	}
	if !r.take(len(body)) {
		r.reply(w, "none", answer{http.StatusServiceUnavailable, "more events arrive than can be handled"})
		return
	}
	r.metrics.inFlight.Inc()
	m, problem := newMessage(body, request.Header.Get("Content-Type"), request.Header.Get("Content-Encoding"))
	a := r.deal(context.WithoutCancel(request.Context()), m, problem)
	r.release(len(body))
	r.metrics.inFlight.Dec()
	r.metrics.seconds.Observe(time.Since(start).Seconds())
	r.reply(w, typeLabel(m.eventType), a)
}

// isPath reports whether a path is one of the receiver's. It compares the hashes of
// all paths in constant time, so the time does not show how much of a token was
// right.
func (r *receiver) isPath(path string) bool {
	sum := sha256.Sum256([]byte(path))
	found := 0
	for i := range r.paths {
		found |= subtle.ConstantTimeCompare(sum[:], r.paths[i][:])
	}
	return found == 1
}

func (r *receiver) reply(w http.ResponseWriter, label string, a answer) {
	r.metrics.requests.WithLabelValues(label, strconv.Itoa(a.status)).Inc()
	if a.status == http.StatusOK {
		w.WriteHeader(http.StatusOK)
		return
	}
	if a.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, a.text, a.status)
}

// take waits for a place, but only for a limited time: a sender must learn that its
// event cannot be handled.
func (r *receiver) take(size int) bool {
	if r.bytes.Add(int64(size)) > maxBytesInFlight || !r.takePlace() {
		r.bytes.Add(-int64(size))
		return false
	}
	return true
}

func (r *receiver) release(size int) {
	r.bytes.Add(-int64(size))
	<-r.places
}

func (r *receiver) takePlace() bool {
	select {
	case r.places <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(r.wait)
	defer timer.Stop()
	select {
	case r.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

// deal keeps a message, even if the client has closed the connection.
func (r *receiver) deal(ctx context.Context, m *message, problem error) answer {
	if problem != nil {
		if r.dead == nil {
			return answer{http.StatusBadRequest, problem.Error()}
		}
		return r.bury(ctx, m, problem.Error())
	}
	errs := r.deliver(ctx, m)
	var refused error
	for i, err := range errs {
		if isRefusal(err) {
			refused = err
		} else if err != nil {
			return r.unkept(r.outlets[i], err)
		}
	}
	switch {
	case refused == nil:
		return ok()
	case r.dead != nil:
		return r.bury(ctx, m, "an engine refuses it: "+refused.Error())
	}
	return r.tooLarge(m, refused)
}

func (r *receiver) bury(ctx context.Context, m *message, reason string) answer {
	err := r.dead.deliver(ctx, m.asDeadLetter(reason))
	switch {
	case err == nil:
		return ok()
	case isRefusal(err):
		return r.tooLarge(m, err)
	}
	return r.unkept(r.dead, err)
}

func (r *receiver) tooLarge(m *message, refused error) answer {
	r.logFailure("event refused by an engine", "id", m.id, "bytes", len(m.body), "reason", refused.Error())
	return answer{http.StatusRequestEntityTooLarge, "the event is too large for the engine"}
}

func (r *receiver) unkept(o *outlet, err error) answer {
	r.logFailure("event not kept", "engine", o.name, "reason", err.Error())
	return answer{http.StatusServiceUnavailable, "the event could not be kept"}
}

// logFailure limits how much a flood of events can write to the log. The metrics
// count all failures.
func (r *receiver) logFailure(text string, args ...any) {
	if r.often.Allow() {
		r.log.Error(text, args...)
	}
}

func (r *receiver) deliver(ctx context.Context, m *message) []error {
	errs := make([]error, len(r.outlets))
	if len(r.outlets) == 1 {
		errs[0] = r.outlets[0].deliver(ctx, m)
		return errs
	}
	var sending sync.WaitGroup
	for i, o := range r.outlets {
		sending.Go(func() { errs[i] = o.deliver(ctx, m) })
	}
	sending.Wait()
	return errs
}

// readBody reads a body of at most maxBody bytes.
func readBody(request *http.Request) ([]byte, *answer) {
	body, err := event.ReadBody(request, maxBody)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &answer{http.StatusRequestEntityTooLarge, "the body has more than 1 MiB"}
	case err != nil:
		return nil, unread(err)
	}
	return body, nil
}

func unread(err error) *answer {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return &answer{http.StatusRequestTimeout, "the body did not arrive in time"}
	}
	return &answer{http.StatusBadRequest, "the body could not be read"}
}
