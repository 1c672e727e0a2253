package webhook

import (
	"crypto/rand"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Receiver receives events, as an http.Handler.
//
// It saves an event, forwards it to all receivers at once, and answers as the first
// receiver does, or 200 without one. The answer is 500 if the event could not be saved;
// it is not forwarded then. The answer is 502 if the first receiver gave none, 504 if
// it gave none in time, and 503 if events come faster than they are handled. So an
// event is never lost without an answer to its sender. The answers of the other
// receivers are reported to OnEvent.
//
// A body that is not a JSON object is saved and forwarded too: only the receiver knows
// what it accepts. Without a receiver it is answered 400.
//
// A request is answered 403 if a web page of another site sent it, 404 at another path,
// 405 if it is not a POST, 408 if its body does not come in time, and 413 if its body
// is over 1 MiB.
type Receiver struct {
	options ReceiverOptions
	id      string // marks its own forwards
	client  *http.Client

	places chan struct{} // taken by each event in flight
	queue  chan Received
	stop   chan struct{} // closed after the last event was queued
	done   chan struct{} // closed after the last call of OnEvent
	close  sync.Once

	events, filtered, failed, unsent, refused atomic.Int64
}

// NewReceiver returns a receiver, which must be closed.
func NewReceiver(options ReceiverOptions) *Receiver {
	if options.Queue <= 0 {
		options.Queue = 256
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	options.QueueTimeout = timeLimit(options.QueueTimeout, time.Second)
	options.ForwardTimeout = timeLimit(options.ForwardTimeout, 10*time.Second)
	r := &Receiver{
		options: options,
		id:      rand.Text(),
		client:  newClient(options.Network.throughProxy(options.Queue)),
		places:  make(chan struct{}, options.Queue),
		queue:   make(chan Received, options.Queue), // a place is a slot here too: sending never waits
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	go r.report()
	return r
}

// Stats returns the counts so far.
func (r *Receiver) Stats() Stats {
	return Stats{r.events.Load(), r.filtered.Load(), r.failed.Load(), r.unsent.Load(), r.refused.Load()}
}

// closeTime is how long Close waits for events that somebody holds up: a disk that does
// not answer, or an OnEvent that does not return.
const closeTime = 5 * time.Second

// Close waits for the forwards in flight and until OnEvent has returned for all events,
// but not longer than 5 seconds. An event that comes after it is answered 503.
func (r *Receiver) Close() {
	r.close.Do(func() {
		defer r.client.CloseIdleConnections()
		end := time.NewTimer(closeTime)
		defer end.Stop()
		for range cap(r.places) {
			select {
			case r.places <- struct{}{}: // the holder of all places is alone
			case <-end.C:
				return
			}
		}
		close(r.stop)
		<-r.done
	})
}

// report calls OnEvent for one event after the other.
func (r *Receiver) report() {
	defer close(r.done)
	for {
		select {
		case received := <-r.queue:
			r.options.OnEvent(received)
			<-r.places
		case <-r.stop:
			return
		}
	}
}

// finish releases the place of an event, after OnEvent has returned.
func (r *Receiver) finish(received Received) {
	if r.options.OnEvent == nil {
		<-r.places
		return
	}
	r.queue <- received
}

// take waits for a place, for QueueTimeout at most: a sender must get an answer even if
// its event cannot be handled.
func (r *Receiver) take() bool {
	select {
	case r.places <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(r.options.QueueTimeout)
	defer timer.Stop()
	select {
	case r.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if r.options.Health && r.isPath(request) && (request.Method == http.MethodGet || request.Method == http.MethodHead) {
		w.WriteHeader(http.StatusOK)
		return
	}
	received := Received{Method: request.Method, Record: Record{
		Received: r.options.Now(), Remote: request.RemoteAddr, Headers: savedHeaders(request.Header),
		Path: request.URL.EscapedPath(), Query: request.URL.RawQuery,
	}}
	if refused := r.admit(w, request, &received); refused != nil {
		r.refuse(w, received, refused.status, refused.reason)
		return
	}
	if received.Refused() && r.options.Strict {
		r.refuse(w, received, http.StatusBadRequest, received.Problem)
		return
	}
	if received.Refused() {
		r.refused.Add(1)
	} else {
		r.events.Add(1)
	}
	if received.Problem == nil && !r.options.Filter.Match(received.Event) {
		r.filtered.Add(1)
		w.WriteHeader(http.StatusOK)
		return
	}
	if !r.take() {
		r.count(received, http.StatusServiceUnavailable)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many events at the same time", http.StatusServiceUnavailable)
		return
	}
	r.handle(w, request, received)
}

// count counts an event that was not answered 2xx.
func (r *Receiver) count(received Received, status int) {
	if status/100 != 2 && !received.Refused() {
		r.failed.Add(1)
	}
}

// handle saves and forwards a request that has its place, and answers it.
func (r *Receiver) handle(w http.ResponseWriter, request *http.Request, received Received) {
	var rest func() []Answer
	saved := false
	if r.options.Archive != nil {
		received.ID = rand.Text()[:idLength]
		received.Err = r.options.Archive.Append(received.Record)
		saved = received.Err == nil
	}
	switch {
	case received.Err != nil:
		received.Status = http.StatusInternalServerError
		http.Error(w, "the event could not be saved", received.Status)
	case len(r.options.Forward) > 0:
		var first reply
		first, rest = r.forward(request, received.sent)
		received.Status, received.Err = first.Status, first.err
		first.write(w)
	case received.Refused():
		received.Status, received.Err = http.StatusBadRequest, received.Problem
		http.Error(w, received.Problem.Error(), received.Status)
	default:
		received.Status = http.StatusOK
		w.WriteHeader(received.Status)
	}
	received.Latency = r.options.Now().Sub(received.Received)
	r.count(received, received.Status)
	if saved && received.Status/100 != 2 {
		r.options.Archive.AppendFailure(received.ID, received.Status, reasonOf(received.Err))
	}
	if rest == nil {
		r.finish(received)
		return
	}
	go func() {
		received.Answers = rest()
		r.finish(received)
	}()
}

// idLength is the length of the id of a record. 50 random bits are enough to
// distinguish the records of a file.
const idLength = 10

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// refuse answers a request that is not handled. Such requests may come from anywhere
// and in any number: OnEvent is called only if there is room.
func (r *Receiver) refuse(w http.ResponseWriter, received Received, status int, reason error) {
	r.refused.Add(1)
	if r.options.OnEvent != nil {
		received.Status, received.Problem, received.Err = status, reason, reason
		received.Latency = r.options.Now().Sub(received.Received)
		select {
		case r.places <- struct{}{}:
			r.queue <- received
		default:
		}
	}
	http.Error(w, reason.Error(), status)
}
