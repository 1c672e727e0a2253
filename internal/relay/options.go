package relay

import (
	"crypto/sha256"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// Options configures a relay.
type Options struct {
	Listen  string   // HOST:PORT
	Paths   []string // paths that accept events, each with a token; secrets
	TLSCert string   // PEM file; "" for plain HTTP
	TLSKey  string

	To         []EngineURL // each of them gets every event
	DeadLetter *EngineURL  // gets bodies that are not events; nil for none
	Engine     EngineOptions

	Spool    string // folder; "" for none
	SpoolMax int64  // bytes for all engines together; 1 GiB if 0

	Metrics string // HOST:PORT of /healthz, /readyz and /metrics; "" for none

	// MaxConnections is how many clients may be connected; 10,000 if 0.
	MaxConnections int

	// Shutdown is how long the shutdown may take; 25 s if 0. Events in flight are
	// answered, and the spool is emptied if its engine is available.
	Shutdown time.Duration

	Log *slog.Logger

	// Listening is called with the addresses as soon as connections are accepted, if
	// it is set.
	Listening func(events, metrics string)
}

func (o Options) withDefaults() Options {
	if o.SpoolMax <= 0 {
		o.SpoolMax = 1 << 30
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 10_000
	}
	if o.Shutdown <= 0 {
		o.Shutdown = 25 * time.Second
	}
	return o
}

// Validate returns an error of kind usage if the options are wrong. It opens no
// connection. The error repeats no secret.
func (o Options) Validate() error {
	switch {
	case len(o.Paths) == 0:
		return failure.New(failure.Usage, "missing path: events are received at a path that contains a secret token").
			WithHint("write /ses/ and a token, such as the output of 'openssl rand -hex 16', into a file, and name it with --path-file")
	case len(o.To) == 0:
		return failure.New(failure.Usage, "missing engine").WithHint("use --to nats://HOST:4222/SUBJECT or --to kafka://HOST:9092/TOPIC")
	case (o.TLSCert == "") != (o.TLSKey == ""):
		return failure.New(failure.Usage, "--tls-cert and --tls-key must be given together")
	}
	for _, path := range o.Paths {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# \t\r\n%") {
			return failure.New(failure.Usage, "invalid path: it must begin with /, and must not contain a space, ?, # or %%").
				WithHint("the token is a part of the path: /ses/TOKEN")
		}
		if strings.ContainsAny(path, "\"<>[]\\^`{|}") {
			return failure.New(failure.Usage, "invalid path: it has a character that a URL cannot have, or a placeholder that was not replaced").
				WithHint("write the token itself: letters and digits need no encoding")
		}
	}
	return distinct(o.engines())
}

// engines returns all engines; the engine of the dead letters is the last one.
func (o Options) engines() []EngineURL {
	all := append([]EngineURL(nil), o.To...)
	if o.DeadLetter != nil {
		all = append(all, *o.DeadLetter)
	}
	return all
}

// shortPath reports whether a path is short enough to be guessed.
func shortPath(path string) bool { return len(path) < 16 }

func hashed(paths []string) (hashes [][sha256.Size]byte) {
	for _, path := range paths {
		hashes = append(hashes, sha256.Sum256([]byte(path)))
	}
	return hashes
}

func (o Options) spoolOf(u EngineURL) string { return filepath.Join(o.Spool, u.Name) }
