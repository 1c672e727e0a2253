package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sesctl/sesctl/internal/failure"
)

// maxSendsInFlight is how many messages may wait for an acknowledgement of an engine.
// Requests and the spool together never have so many in flight.
const maxSendsInFlight = 8192

type natsEngine struct {
	hosts   []string
	subject string
	conn    *nats.Conn
	stream  jetstream.JetStream
	options []jetstream.PublishOpt
}

// connectNATS starts to connect, and retries until the engine is closed. Without a
// connection a message fails at once, and is not kept in memory. Watch is called with
// nil when a connection begins, and with the reason when it ends.
func connectNATS(u EngineURL, o EngineOptions, watch func(error)) (engine, error) {
	options := []nats.Option{
		nats.Name("sesctl-relay"),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond),
		nats.Timeout(o.timeout()),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.NoCallbacksAfterClientClose(), // or the log goes on after the relay has ended
		nats.ConnectHandler(func(*nats.Conn) { watch(nil) }),
		nats.ReconnectHandler(func(*nats.Conn) { watch(nil) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err == nil {
				err = errors.New("the connection ended")
			}
			watch(err)
		}),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // the sender of a message sees its failure
	}
	secure, err := natsSecurity(u, o)
	if err != nil {
		return nil, err
	}
	var servers []string
	for _, host := range u.Hosts {
		servers = append(servers, (&url.URL{Scheme: "nats", Host: host}).String())
	}
	conn, err := nats.Connect(strings.Join(servers, ","), append(options, secure...)...)
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot connect to %s: %w", u.Name, err)
	}
	stream, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(maxSendsInFlight), jetstream.WithPublishAsyncTimeout(o.timeout()))
	if err != nil {
		conn.Close()
		return nil, failure.New(failure.Failure, "cannot connect to %s: %w", u.Name, err)
	}
	// A retry inside the library would change the order of the messages.
	return &natsEngine{u.Hosts, u.Subject, conn, stream, []jetstream.PublishOpt{jetstream.WithRetryAttempts(0)}}, nil
}

func natsSecurity(u EngineURL, o EngineOptions) ([]nats.Option, error) {
	var options []nats.Option
	if u.TLS || o.secure() {
		config, err := o.tlsConfig()
		if err != nil {
			return nil, err
		}
		options = append(options, nats.Secure(config))
	}
	if o.NATSCreds != "" {
		options = append(options, nats.UserCredentials(o.NATSCreds))
	}
	switch {
	case u.Password != "":
		options = append(options, nats.UserInfo(u.User, u.Password))
	case u.User != "":
		options = append(options, nats.Token(u.User))
	}
	return options, nil
}

func (e *natsEngine) send(m *message) receipt {
	msg := &nats.Msg{Subject: e.subject, Data: m.body, Header: natsHeaders(m)}
	future, err := e.stream.PublishMsgAsync(msg, e.options...)
	if err != nil {
		return failed(natsError(err))
	}
	return func(ctx context.Context) (bool, error) {
		select {
		case ack := <-future.Ok():
			return ack.Duplicate, nil
		case err := <-future.Err():
			return false, natsError(err)
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// natsHeaders returns the headers of the CloudEvents binding for NATS, and the
// identifier by which JetStream drops duplicates.
func natsHeaders(m *message) nats.Header {
	headers := nats.Header{nats.MsgIdHdr: {m.id}, "content-type": {attribute(m.media)}}
	if m.encoding != "" {
		headers["content-encoding"] = []string{attribute(m.encoding)}
	}
	for _, h := range m.headers() {
		headers["ce-"+h.name] = []string{percentEncoded(h.value)}
	}
	return headers
}

// percentEncoded encodes a value for a text header, as the CloudEvents bindings
// require: printable ASCII is unchanged except the space, " and %. The bytes of all
// other characters are encoded.
func percentEncoded(value string) string {
	plain := func(c byte) bool { return c > ' ' && c < 0x7f && c != '"' && c != '%' }
	clean := true
	for i := range len(value) {
		clean = clean && plain(value[i])
	}
	if clean {
		return value
	}
	var out strings.Builder
	for i := range len(value) {
		if c := value[i]; plain(c) {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

var errNoStream = errors.New("no stream accepts the subject")

// natsError marks an error for which a retry is useless: the message is too large for
// the server or for the stream.
func natsError(err error) error {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, jetstream.ErrStreamMessageExceedsMaximum) {
		return &refusal{err}
	}
	if errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrNoResponders) {
		return errNoStream
	}
	return err
}

// ping asks which stream stores the subject. An account that may only publish gets no
// answer, which is not an error.
func (e *natsEngine) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if !e.conn.IsConnected() {
		return e.whyNot(ctx)
	}
	_, err := e.stream.StreamNameBySubject(ctx, e.subject)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return errNoStream
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return err
	case !e.conn.IsConnected():
		return e.whyNot(ctx)
	}
	return nil
}

// whyNot returns why there is no connection. The library does not report it.
func (e *natsEngine) whyNot(ctx context.Context) error {
	if err := e.conn.LastError(); err != nil {
		return err
	}
	var last error
	for _, host := range e.hosts {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
		if err == nil {
			conn.Close()
			return fmt.Errorf("%s accepts connections, but refused this one: check the credentials, TLS and the protocol", host)
		}
		last = err
	}
	return last
}

func (e *natsEngine) close() { e.conn.Close() }
