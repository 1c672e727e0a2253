package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// engine is a message system that stores events.
type engine interface {
	// send starts to send a message, and returns at once. Messages reach the engine
	// in the order of the calls.
	send(m *message) receipt

	// ping returns nil when the engine can take messages.
	ping(ctx context.Context) error

	// findings checks the configuration of the engine.
	findings(ctx context.Context) []Finding

	close()
}

// receipt waits until the engine has stored the message durably. Duplicate reports
// that the engine already had the message. If ctx ends first, the outcome is not
// known.
type receipt func(ctx context.Context) (duplicate bool, err error)

// failed returns the receipt of a message that was not sent.
func failed(err error) receipt {
	return func(context.Context) (bool, error) { return false, err }
}

// refusal is the error for a message that the engine will never accept.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// isRefusal reports whether it is useless to send the message again.
func isRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}

// EngineOptions configures the connections to all engines.
type EngineOptions struct {
	CAFile    string // certificate authorities, PEM; the system's when empty
	CertFile  string // client certificate, PEM
	KeyFile   string // its key, PEM
	NATSCreds string // file of NATS credentials (JWT and key)
	KafkaSASL string // plain, scram-sha-256 or scram-sha-512; plain when empty

	// Timeout is how long an engine may take to acknowledge a message; 5 s if 0.
	Timeout time.Duration
}

func (o EngineOptions) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return 5 * time.Second
}

// secure reports whether the options require TLS.
func (o EngineOptions) secure() bool { return o.CAFile != "" || o.CertFile != "" }

// tlsConfig returns the TLS configuration of the options, and reads their files.
func (o EngineOptions) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := files.Read(o.CAFile, maxPEM)
		if err != nil {
			return nil, failure.New(failure.Failure, "cannot read the certificate authorities of the engine: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, failure.New(failure.Usage, "cannot read the certificate authorities of the engine: %s contains no PEM certificate", o.CAFile)
		}
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		return nil, failure.New(failure.Usage, "the client certificate for the engine and its key must be given together")
	}
	if o.CertFile != "" {
		pair, err := readPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, failure.New(failure.Failure, "cannot read the client certificate for the engine: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// connect returns the engine of a URL. It does not wait for the connection. Watch is
// called when the connection changes.
func connect(u EngineURL, o EngineOptions, watch func(error)) (engine, error) {
	if o.NATSCreds != "" {
		// The NATS client reads the file itself, whole, at each connection.
		const maxCreds = 64 << 10
		if _, err := files.Read(o.NATSCreds, maxCreds); err != nil {
			return nil, failure.New(failure.Failure, "cannot read the NATS credentials: %w", err)
		}
	}
	switch u.Kind {
	case NATS:
		return connectNATS(u, o, watch)
	case Kafka:
		return connectKafka(u, o)
	}
	return nil, fmt.Errorf("unknown kind of engine %q", u.Kind)
}
