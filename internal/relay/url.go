package relay

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// Kind is a kind of engine.
type Kind string

// The kinds of engines.
const (
	NATS  Kind = "nats"
	Kafka Kind = "kafka"
)

// EngineURL is the parsed URL of an engine, with its subject or topic. It may contain
// a password: only Name and Hosts may be shown.
type EngineURL struct {
	Kind     Kind
	TLS      bool
	Hosts    []string // HOST:PORT
	Subject  string   // NATS subject or Kafka topic
	User     string
	Password string
	Name     string // in logs, metrics and the spool, such as "nats-ses.events"
}

// HasSecret reports whether the URL held a user, a password or a token.
func (u EngineURL) HasSecret() bool { return u.User != "" || u.Password != "" }

// ParseEngine parses nats://HOST[:PORT][,HOST…]/SUBJECT or
// kafka://HOST[:PORT][,HOST…]/TOPIC. The schemes nats+tls, tls (as NATS has it) and
// kafka+tls ask for TLS. A fragment (#NAME) names the engine. Without it, the name is
// made from the kind and the subject. The error does not repeat the URL, which may
// contain a password.
func ParseEngine(raw string) (EngineURL, error) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(raw), "://")
	u := EngineURL{TLS: scheme == "tls" || strings.HasSuffix(scheme, "+tls")}
	switch strings.TrimSuffix(scheme, "+tls") {
	case "nats", "tls":
		u.Kind = NATS
	case "kafka":
		u.Kind = Kafka
	default:
		found = false
	}
	if !found {
		return u, urlError("the scheme is not nats or kafka")
	}
	rest, name, _ := strings.Cut(rest, "#")
	authority, subject, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(rest, "?") {
		return u, urlError("it has a query; options are flags")
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		if err := u.readUser(authority[:at]); err != nil {
			return u, err
		}
		authority = authority[at+1:]
	}
	for host := range strings.SplitSeq(authority, ",") {
		address, err := hostPort(host, u.Kind)
		if err != nil {
			return u, err
		}
		u.Hosts = append(u.Hosts, address)
	}
	if err := u.readSubject(subject); err != nil {
		return u, err
	}
	if u.Name = name; name == "" {
		u.Name = string(u.Kind) + "-" + u.Subject
	}
	if !isName(u.Name) {
		return u, urlError("its name has a character that is not a letter, a digit, '.', '_' or '-'; write a name after #")
	}
	return u, nil
}

func urlError(format string, args ...any) error {
	return failure.New(failure.Usage, "invalid URL of an engine: %s", fmt.Sprintf(format, args...)).
		WithHint("write nats://HOST:4222/SUBJECT or kafka://HOST:9092/TOPIC")
}

func (u *EngineURL) readUser(text string) error {
	user, password, _ := strings.Cut(text, ":")
	var err error
	if u.User, err = url.PathUnescape(user); err == nil {
		u.Password, err = url.PathUnescape(password)
	}
	if err != nil {
		return urlError("the user or the password has a %% that is not followed by two hexadecimal digits")
	}
	return nil
}

func hostPort(text string, kind Kind) (string, error) {
	if _, _, err := net.SplitHostPort(text); err != nil {
		port := map[Kind]string{NATS: "4222", Kafka: "9092"}[kind]
		text = net.JoinHostPort(strings.Trim(text, "[]"), port)
	}
	host, port, err := net.SplitHostPort(text)
	if number, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil || number == 0 || host == "" {
		return "", urlError("a host is not HOST or HOST:PORT")
	}
	if !isName(host) && !isAddress(host) {
		return "", urlError("a host has a character that is not a letter, a digit, '.', '_' or '-'")
	}
	return text, nil
}

func (u *EngineURL) readSubject(text string) error {
	subject, err := url.PathUnescape(text)
	switch {
	case err != nil || subject == "":
		return urlError("it has no %s", u.word())
	case u.Kind == Kafka && (len(subject) > 249 || subject == "." || subject == ".." || !isName(subject)):
		return urlError("the topic is not one that Kafka takes: letters, digits, '.', '_' and '-', at most 249")
	case u.Kind == NATS && !isSubject(subject):
		return urlError("the subject is not one to publish to: words between dots, without spaces, * and >")
	}
	u.Subject = subject
	return nil
}

// word returns the word for a destination in this kind of engine.
func (u EngineURL) word() string {
	if u.Kind == Kafka {
		return "topic"
	}
	return "subject"
}

// isSubject reports whether a subject is valid for messages in NATS. Subjects that
// begin with $ belong to the server.
func isSubject(subject string) bool {
	if len(subject) > 255 || strings.HasPrefix(subject, "$") {
		return false
	}
	for word := range strings.SplitSeq(subject, ".") {
		if word == "" || word == "*" || word == ">" || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return false
		}
	}
	return true
}

func isName(text string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`).MatchString(text) && strings.Trim(text, ".") != ""
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// distinct refuses engines with the same name, because each has its own spool.
func distinct(urls []EngineURL) error {
	var names []string
	for _, u := range urls {
		if slices.Contains(names, u.Name) {
			return failure.New(failure.Usage, "two engines have the name %s", u.Name).
				WithHint("name one of them at the end of its URL: nats://HOST:4222/SUBJECT#NAME")
		}
		names = append(names, u.Name)
	}
	return nil
}
