package webhook

import (
	"crypto/rand"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// Received is what became of a request.
type Received struct {
	Record                // without a body where the request was refused
	Event   event.Event   // zero where Problem is set
	Problem error         // a *event.DecodeError: a JSON object that is no documented event, or why it was refused
	Status  int           // the answer
	Err     error         // why the answer is not that of a success; nil where it is
	Answers []Answer      // of the receivers that it was forwarded to
	Latency time.Duration // from the head of the request to the answer
}

// Refused reports whether the request was no event at all.
func (r Received) Refused() bool { return r.Body == nil }

// ReceiverOptions are the options of [NewReceiver].
type ReceiverOptions struct {
	// Path is the only one that events are taken at; "" for any.
	Path string

	// Filter picks the events that are saved, forwarded and told. The others
	// are answered 200 and counted. What cannot be judged, because it is no
	// documented event, is picked.
	Filter Filter

	// Archive saves each event before it is answered; nil for none. The caller
	// closes it, after Serve has returned.
	Archive *Archive

	// Forward are the receivers that each event is passed on to.
	Forward []string

	// ForwardTimeout is the limit for the answer of each; 10 s if 0.
	ForwardTimeout time.Duration

	// Network is how the receivers are reached.
	Network Network

	// OnEvent is told of each event, and of refused requests as far as there
	// is room, by one goroutine, about when the answer leaves.
	OnEvent func(Received)

	// Queue is how many events may be under way at once, from the end of their
	// body until OnEvent has returned; 256 if 0.
	Queue int

	// QueueTimeout is how long an event waits for its place there before it
	// is answered 503, unsaved and not forwarded; 1 s if 0.
	QueueTimeout time.Duration

	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Stats counts what a receiver has done.
type Stats struct {
	Events   int64 `json:"events"`   // answered as events, whatever the answer
	Filtered int64 `json:"filtered"` // of these, not picked by the filter
	Failed   int64 `json:"failed"`   // of these, not answered 2xx
	Unsent   int64 `json:"unsent"`   // forwards that were not answered 2xx
	Refused  int64 `json:"refused"`  // requests that were no events
}

// Receiver receives events, as an http.Handler.
//
// It answers 405 to another method than POST, 413 to a body over 1 MiB, 408 to
// one that does not come in time and 400 to one that is not a JSON object. An
// event is then saved, and forwarded to every receiver at once; the answer is
// that of the first receiver, or 200 where there is none. It is 500 where the
// event could not be saved (it is not forwarded then), 502 where the first
// receiver gave no answer, 504 where not in time, and 503 where events come
// faster than they are dealt with: no event is dropped unless its sender is told
// so. What the other receivers answer is told to OnEvent.
type Receiver struct {
	options ReceiverOptions
	id      string // tells its own forwards from others
	client  *http.Client

	places chan struct{} // taken by each event under way
	queue  chan Received
	stop   chan struct{} // closed when nothing comes into queue any more
	told   chan struct{} // closed when OnEvent is called no more
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
	transport := options.Network.transport(options.Queue)
	transport.Proxy = http.ProxyFromEnvironment
	r := &Receiver{
		options: options,
		id:      rand.Text(),
		client:  newClient(transport),
		places:  make(chan struct{}, options.Queue),
		queue:   make(chan Received, options.Queue), // a place is a slot here too: sending never waits
		stop:    make(chan struct{}),
		told:    make(chan struct{}),
	}
	go r.tell()
	return r
}

// Stats returns the counts so far.
func (r *Receiver) Stats() Stats {
	return Stats{r.events.Load(), r.filtered.Load(), r.failed.Load(), r.unsent.Load(), r.refused.Load()}
}

// Close waits for the forwards under way and until OnEvent has been told of all
// events. An event that comes after it is answered 503.
func (r *Receiver) Close() {
	r.close.Do(func() {
		for range cap(r.places) {
			r.places <- struct{}{} // who holds them all is alone
		}
		close(r.stop)
		<-r.told
		r.client.CloseIdleConnections()
	})
}

func (r *Receiver) tell() {
	defer close(r.told)
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

// finish gives the place of an event up, after OnEvent has been told.
func (r *Receiver) finish(received Received) {
	if r.options.OnEvent == nil {
		<-r.places
		return
	}
	r.queue <- received
}

// take waits for a place, but not for ever: a sender whose event cannot be
// dealt with has to learn it.
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
	received := Received{Record: Record{Received: r.options.Now()}}
	status, err := r.accept(w, request, &received)
	if err != nil {
		r.refuse(w, request, received, status, err)
		return
	}
	r.events.Add(1)
	if received.Problem == nil && !r.options.Filter.Match(received.Event) {
		r.filtered.Add(1)
		w.WriteHeader(http.StatusOK)
		return
	}
	if !r.take() {
		r.failed.Add(1)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "more events come than are dealt with", http.StatusServiceUnavailable)
		return
	}
	received.Remote, received.Headers = request.RemoteAddr, savedHeaders(request.Header)
	r.deal(w, request, received)
}

// deal saves and forwards an event that has its place, and answers it.
func (r *Receiver) deal(w http.ResponseWriter, request *http.Request, received Received) {
	var rest func() []Answer
	received.Status = http.StatusOK
	if r.options.Archive != nil {
		received.Err = r.options.Archive.Append(received.Record)
	}
	switch {
	case received.Err != nil:
		received.Status = http.StatusInternalServerError
		http.Error(w, "the event could not be saved", received.Status)
	case len(r.options.Forward) > 0:
		var first reply
		first, rest = r.forward(request, received.Body)
		received.Status, received.Err = first.Status, first.err
		first.write(w)
	default:
		w.WriteHeader(http.StatusOK)
	}
	received.Latency = r.options.Now().Sub(received.Received)
	if received.Status/100 != 2 {
		r.failed.Add(1)
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

// refuse answers a request that is no event. Such requests may come from
// anywhere and in any number: OnEvent is told only where there is room.
func (r *Receiver) refuse(w http.ResponseWriter, request *http.Request, received Received, status int, err error) {
	r.refused.Add(1)
	if r.options.OnEvent != nil {
		received.Remote, received.Headers = request.RemoteAddr, savedHeaders(request.Header)
		received.Status, received.Problem, received.Err = status, err, err
		received.Latency = r.options.Now().Sub(received.Received)
		select {
		case r.places <- struct{}{}:
			r.queue <- received
		default:
		}
	}
	http.Error(w, err.Error(), status)
}
