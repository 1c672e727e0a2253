package relaycli

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/relay"
)

// settings are the values of the flags, the environment and the configuration file.
type settings struct {
	config      string
	listen      string
	paths       []string
	pathFile    string
	to          []string
	toFile      string
	deadLetter  string
	tlsCert     string
	tlsKey      string
	spool       string
	spoolMax    size
	metrics     string
	connections int
	shutdown    time.Duration
	publicURL   string
	logLevel    string
	engine      relay.EngineOptions
}

// add adds the flags to a command. All commands have the same flags, so that one
// configuration serves all.
func (s *settings) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	s.spoolMax = 1 << 30
	f.StringVar(&s.config, "config", "", "configuration `FILE`, YAML")
	f.StringVar(&s.listen, "listen", ":8080", "`HOST:PORT` where events are received; SES calls 8080, 8081 and 8082")
	f.StringVar(&s.pathFile, "path-file", "", "`FILE` with the path of the callback URL, a line for each")
	f.StringArrayVar(&s.paths, "path", nil, "path of the callback URL, `/ses/TOKEN`; everybody on this machine sees it, --path-file hides it; repeatable")
	f.StringArrayVar(&s.to, "to", nil, "`URL` of an engine that gets every event: nats://HOST:4222/SUBJECT, kafka://HOST:9092/TOPIC; repeatable")
	f.StringVar(&s.toFile, "to-file", "", "`FILE` with URLs of engines, a line for each; they may hold a user and a password")
	f.StringVar(&s.deadLetter, "dead-letter", "", "`URL` of the engine that gets what is not an event")
	f.StringVar(&s.tlsCert, "tls-cert", "", "certificate `FILE`, PEM; read again when it changes")
	f.StringVar(&s.tlsKey, "tls-key", "", "`FILE` with its key, PEM")
	f.StringVar(&s.spool, "spool", "", "`DIR` that keeps events while an engine is away; each copy needs its own")
	f.Var(&s.spoolMax, "spool-max", "largest `SIZE` of the spool; when it is full, events are answered 503")
	f.StringVar(&s.metrics, "metrics", "", "`HOST:PORT` of /healthz, /readyz and /metrics")
	f.StringVar(&s.engine.NATSCreds, "nats-creds", "", "`FILE` of NATS credentials")
	f.StringVar(&s.engine.KafkaSASL, "kafka-sasl", "plain", "SASL `MECHANISM` for a Kafka URL with a user: plain, scram-sha-256, scram-sha-512")
	f.StringVar(&s.engine.CAFile, "engine-ca", "", "`FILE` of the certificate authorities of the engines, PEM; turns TLS on")
	f.StringVar(&s.engine.CertFile, "engine-cert", "", "client certificate `FILE` for the engines, PEM; turns TLS on")
	f.StringVar(&s.engine.KeyFile, "engine-key", "", "`FILE` with its key, PEM")
	f.DurationVar(&s.engine.Timeout, "publish-timeout", 5*time.Second, "`DURATION` within which an engine must acknowledge an event")
	f.DurationVar(&s.shutdown, "shutdown-timeout", 25*time.Second, "`DURATION` that the shutdown may take: events in flight and the spool")
	f.IntVar(&s.connections, "max-connections", 10_000, "`NUMBER` of clients that may be connected")
	f.StringVar(&s.publicURL, "public-url", "", "the callback `URL`, for check; without a path, the path of --path-file is added")
	f.StringVar(&s.logLevel, "log-level", "info", "`LEVEL` of the log: debug, info, warn, error")
}

// read returns the options of the relay. A flag overrides the environment, and the
// environment overrides the configuration file.
func (s *settings) read(cmd *cobra.Command, getenv func(string) string) (relay.Options, error) {
	flags := cmd.Flags()
	typed := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { typed[f.Name] = true })
	if err := fromEnvironment(flags, getenv); err != nil {
		return relay.Options{}, err
	}
	if s.config != "" {
		if err := fromFile(flags, s.config); err != nil {
			return relay.Options{}, err
		}
	}
	if err := s.readSecrets(flags); err != nil {
		return relay.Options{}, err
	}
	return s.options(typed)
}

// readSecrets reads the files with paths and URLs.
func (s *settings) readSecrets(flags *pflag.FlagSet) error {
	for _, c := range []struct {
		flag, file string
		into       *[]string
	}{{"path", s.pathFile, &s.paths}, {"to", s.toFile, &s.to}} {
		if c.file == "" {
			continue
		}
		if flags.Changed(c.flag) {
			return failure.New(failure.Usage, "--%s and --%s-file cannot be used together", c.flag, c.flag).WithHint("one of them may come from the environment or the configuration file")
		}
		lines, err := readLines(c.file)
		if err != nil {
			return err
		}
		*c.into = lines
	}
	return nil
}

// readLines returns the lines of a small file that are not empty.
func readLines(path string) ([]string, error) {
	text, err := files.Read(path, 64<<10)
	if err != nil {
		return nil, failure.New(failure.Failure, "%w", err)
	}
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, failure.New(failure.Usage, "%s is empty", path)
	}
	return lines, nil
}

func (s *settings) options(typed map[string]bool) (relay.Options, error) {
	listen, err := address("--listen", s.listen)
	if err != nil {
		return relay.Options{}, err
	}
	metrics, err := address("--metrics", s.metrics)
	if err != nil {
		return relay.Options{}, err
	}
	o := relay.Options{
		Listen: listen, Paths: s.paths, TLSCert: s.tlsCert, TLSKey: s.tlsKey, Engine: s.engine,
		Spool: s.spool, SpoolMax: int64(s.spoolMax), Metrics: metrics, MaxConnections: s.connections, Shutdown: s.shutdown,
	}
	if s.connections < 1 || s.shutdown <= 0 || s.engine.Timeout <= 0 {
		return o, failure.New(failure.Usage, "--max-connections, --shutdown-timeout and --publish-timeout must be more than zero")
	}
	if files.IsURL(s.spool) { // it would become folders with parts of the URL in their names
		return o, failure.New(failure.Usage, "--spool: it is a URL, and not the name of a folder")
	}
	if s.spoolMax < 2<<20 {
		return o, failure.New(failure.Usage, "--spool-max must be at least 2MiB, because one event may need that much")
	}
	for _, raw := range s.to {
		u, err := engineURL("--to", raw, typed["to"])
		if err != nil {
			return o, err
		}
		o.To = append(o.To, u)
	}
	if s.deadLetter != "" {
		u, err := engineURL("--dead-letter", s.deadLetter, typed["dead-letter"])
		if err != nil {
			return o, err
		}
		o.DeadLetter = &u
	}
	return o, o.Validate()
}

// engineURL parses the URL of an engine. It refuses a password on the command line,
// because every user of the machine can read it there.
func engineURL(flag, raw string, typed bool) (relay.EngineURL, error) {
	u, err := relay.ParseEngine(raw)
	if err != nil {
		var f *failure.Error
		if errors.As(err, &f) {
			return u, &failure.Error{Kind: f.Kind, Err: fmt.Errorf("%s: %w", flag, f.Err), Hints: f.Hints}
		}
		return u, err
	}
	if typed && u.HasSecret() {
		return u, failure.New(failure.Usage, "%s: the URL contains a user name or a password, which every user of this machine can read on the command line", flag).
			WithHint("put the URL into a file or the environment: --to-file FILE, SESCTL_RELAY_TO, SESCTL_RELAY_DEAD_LETTER; for NATS, --nats-creds FILE")
	}
	return u, nil
}

// address checks HOST:PORT; a port alone is a port of this machine.
func address(flag, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return "127.0.0.1:" + text, nil
	}
	at := strings.LastIndexByte(text, ':')
	if _, err := strconv.ParseUint(text[at+1:], 10, 16); err != nil || at < 0 {
		return "", failure.New(failure.Usage, "%s: it is not HOST:PORT", flag).WithHint("write :8080 for every address of this machine, 127.0.0.1:8080 for this machine only")
	}
	return text, nil
}

func (s *settings) level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return level, failure.New(failure.Usage, "--log-level: it must be debug, info, warn or error")
	}
	return level, nil
}

// size is a number of bytes, with a unit.
type size int64

// Type returns the name of the kind of value, for the help.
func (*size) Type() string { return "size" }

// String returns the size in the largest unit of which it is a multiple.
func (s *size) String() string {
	for _, unit := range units() {
		if *s != 0 && int64(*s)%unit.bytes == 0 {
			return strconv.FormatInt(int64(*s)/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

type unit struct {
	name  string
	bytes int64
}

func units() []unit {
	return []unit{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
		{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10}, {"B", 1}}
}

// Set parses a size such as 500MB or 2GiB. Without a unit it is in bytes.
func (s *size) Set(text string) error {
	number, factor := strings.TrimSpace(text), int64(1)
	for _, unit := range units() {
		if len(number) > len(unit.name) && strings.EqualFold(number[len(number)-len(unit.name):], unit.name) {
			number, factor = strings.TrimSpace(number[:len(number)-len(unit.name)]), unit.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/factor {
		return errors.New("it is not a size such as 500MB or 2GiB")
	}
	*s = size(n * factor)
	return nil
}
