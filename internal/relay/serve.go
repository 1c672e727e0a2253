package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/time/rate"

	"github.com/sesctl/sesctl/internal/failure"
)

// The timeouts of a client. A body of 1 MiB within readTimeout needs less than a
// megabit a second.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	placeTimeout  = time.Second
	slack         = 5 * time.Second // time for a slow disk, and to write the answer

	maxHeader = 64 << 10
	// maxInFlight is how many events are handled at once.
	maxInFlight = 2048
	// maxBytesInFlight bounds the memory for their bodies, in bytes.
	maxBytesInFlight = 256 << 20
)

// Run receives events until ctx ends. Then it accepts no new connections, answers the
// events in flight, empties the spool if its engine is available, and returns nil.
// The next run sends the messages that are left in the spool.
func Run(ctx context.Context, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	r, err := newRelay(ctx, o.withDefaults())
	if err != nil {
		return err
	}
	defer r.close()
	return r.run(ctx)
}

// relay is a running receiver with its outlets and servers.
type relay struct {
	options      Options
	log          *slog.Logger
	metrics      *metrics
	certificates *certificates // nil for plain HTTP
	rooms        *rooms        // nil for no spool
	outlets      []*outlet     // the outlet of the dead letters is the last one
	receiver     *receiver
	events       net.Listener
	admin        net.Listener // nil for none
	ending       atomic.Bool
}

func newRelay(ctx context.Context, o Options) (*relay, error) {
	r := &relay{options: o, log: o.Log, metrics: newMetrics()}
	err := r.open(ctx)
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *relay) open(ctx context.Context) (err error) {
	o := r.options
	if o.TLSCert != "" {
		if r.certificates, err = openCertificates(o.TLSCert, o.TLSKey, r.log); err != nil {
			return err
		}
		if err := r.metrics.watchCertificate(r.certificates); err != nil {
			return err
		}
	}
	if r.events, err = listen(ctx, o.Listen, "--listen"); err != nil {
		return err
	}
	if o.Metrics != "" {
		if r.admin, err = listen(ctx, o.Metrics, "--metrics"); err != nil {
			return err
		}
	}
	if o.Spool != "" {
		if r.rooms, err = openRooms(o); err != nil {
			return err
		}
		if err := r.metrics.watchBudget(r.rooms.budget); err != nil {
			return err
		}
	}
	for _, u := range o.engines() {
		if err := r.addOutlet(u); err != nil {
			return err
		}
	}
	r.receiver = r.newReceiver()
	for _, outlet := range r.outlets {
		outlet.rejected = r.rejecter(outlet.name)
		outlet.start()
	}
	return nil
}

func (r *relay) newReceiver() *receiver {
	receiver := &receiver{
		paths: hashed(r.options.Paths), outlets: r.outlets[:len(r.options.To)], places: make(chan struct{}, maxInFlight), wait: placeTimeout,
		log: r.log, often: rate.NewLimiter(rate.Every(time.Second), 5), metrics: r.metrics,
	}
	if r.options.DeadLetter != nil {
		receiver.dead = r.outlets[len(r.options.To)]
	}
	return receiver
}

func (r *relay) addOutlet(u EngineURL) error {
	o := &outlet{
		name: u.Name, log: r.log, metrics: r.metrics.outlet(u.Name),
		changed: make(chan struct{}, 1), back: make(chan struct{}, 1),
	}
	o.up.Store(true)     // until the opposite is known
	if u.Kind == Kafka { // a NATS client has its own timeout for every message
		o.timeout = r.options.Engine.timeout()
	}
	if r.rooms != nil {
		var err error
		if o.spool, err = r.rooms.spool(u, r.log); err != nil {
			return err
		}
	}
	connected, err := connect(u, r.options.Engine, o.connection)
	if err != nil {
		if o.spool != nil {
			o.spool.close()
		}
		return err
	}
	o.engine = connected
	r.outlets = append(r.outlets, o)
	return r.metrics.watch(o)
}

// rejecter returns a function for messages of a spool that the engine refuses. It
// sends them to the dead letters, or writes them to a file if these refuse them too.
func (r *relay) rejecter(engine string) func(*message, error) error {
	toFile := rejectInto(filepath.Join(r.options.Spool, engine+rejectedSuffix), r.log)
	dead := r.receiver.dead
	if dead == nil || engine == dead.name {
		return toFile
	}
	return func(m *message, why error) error {
		err := dead.deliver(context.Background(), m.asDeadLetter("an engine refuses it: "+why.Error()))
		if isRefusal(err) {
			return toFile(m, err)
		}
		return err
	}
}

// listen listens on a TCP address.
func listen(ctx context.Context, address, flag string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		var system *os.SyscallError
		if errors.As(err, &system) {
			err = system.Err
		}
		return nil, failure.New(failure.Failure, "cannot listen on %s: %w", address, err).WithHint("choose another address with %s HOST:PORT", flag)
	}
	return listener, nil
}

func (r *relay) run(ctx context.Context) error {
	for _, o := range r.outlets {
		o.ping(ctx) // so that the state is known before the first events
	}
	events, admin := r.eventServer(), r.adminServer()
	ended := make(chan error, 2)
	go func() { ended <- serveEvents(events, netutil.LimitListener(r.events, r.options.MaxConnections)) }()
	adminAddress := ""
	if r.admin != nil {
		go func() { ended <- admin.Serve(r.admin) }()
		adminAddress = r.admin.Addr().String()
	}
	r.log.Info("listening", "address", r.events.Addr().String(), "tls", r.certificates != nil, "metrics", adminAddress)
	if r.options.Listening != nil {
		r.options.Listening(r.events.Addr().String(), adminAddress)
	}
	select {
	case err := <-ended:
		return failure.New(failure.Failure, "cannot receive events: %w", err)
	case <-ctx.Done():
	}
	return r.drain(context.WithoutCancel(ctx), events, admin)
}

// drain stops the server for events, then the outlets, and then the server for
// metrics.
func (r *relay) drain(ctx context.Context, events, admin *http.Server) error {
	r.ending.Store(true)
	r.log.Info("ending")
	ctx, cancel := context.WithTimeout(ctx, r.options.Shutdown)
	defer cancel()
	if err := events.Shutdown(ctx); err != nil {
		events.Close()
		r.log.Warn("clients were cut off", "reason", err.Error())
	}
	left := r.closeOutlets(ctx)
	admin.Close()
	r.log.Info("ended", "spooled", left)
	return nil
}

// closeOutlets closes the outlets in order. The dead letters are last, because the
// spools of the others may need them.
func (r *relay) closeOutlets(ctx context.Context) (left int64) {
	for _, o := range r.outlets {
		n := o.close(ctx)
		if n > 0 {
			r.log.Warn("events stay in the spool; the next run sends them", "engine", o.name, "events", n)
		}
		left += n
	}
	r.outlets = nil
	return left
}

// close closes everything that is still open.
func (r *relay) close() {
	for _, l := range []net.Listener{r.events, r.admin} {
		if l != nil {
			l.Close()
		}
	}
	expired, cancel := context.WithCancel(context.Background())
	cancel()
	r.closeOutlets(expired)
	if r.rooms != nil {
		r.rooms.close()
	}
}

func (r *relay) eventServer() *http.Server {
	server := &http.Server{
		Handler:           r.receiver,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + placeTimeout + 2*r.options.Engine.timeout() + slack,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(serverErrors{r.log}, "", 0),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 128, MaxReceiveBufferPerConnection: 4 << 20, MaxReceiveBufferPerStream: 1 << 20},
	}
	if r.certificates != nil {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: r.certificates.get}
	}
	return server
}

func serveEvents(server *http.Server, listener net.Listener) error {
	if server.TLSConfig != nil {
		return server.ServeTLS(listener, "", "") // with HTTP/2
	}
	return server.Serve(listener)
}

// serverErrors logs the messages of net/http. Nearly all of them are errors of
// clients.
type serverErrors struct{ log *slog.Logger }

func (s serverErrors) Write(text []byte) (int, error) {
	level := slog.LevelDebug
	if strings.Contains(string(text), "panic") {
		level = slog.LevelError
	}
	s.log.Log(context.Background(), level, "http", "text", strings.TrimSpace(string(text)))
	return len(text), nil
}
