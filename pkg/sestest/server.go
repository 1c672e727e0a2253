package sestest

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Server is an emulator that a test runs. Its methods may be called by several
// goroutines; methods that fail the test must be called by the goroutine of the test, as
// [testing.T.FailNow] must.
type Server struct {
	// Endpoint is the base URL, such as http://127.0.0.1:41234, without a slash at its end.
	Endpoint string
	// Host is the host and port of Endpoint. The SDKs of Tencent take it as their
	// endpoint, beside the scheme "http", or "https" with [WithTLS].
	Host string
	// CAs has the certificate that clients must trust with [WithTLS]. CAFile is a file with
	// the same certificate in PEM, for clients in other processes; it exists until the test
	// ends. Without that option, CAs is nil and CAFile is empty.
	CAs    *x509.CertPool
	CAFile string
	// SecretID and SecretKey are the key pair that requests are signed with.
	SecretID, SecretKey string
	// Senders are the sender addresses that the account has at first.
	Senders []string

	tb       testing.TB
	emulated *emulator.Emulator
}

// NewServer starts an emulator on a free loopback port. It keeps its state in memory,
// and closes when the test and its subtests end. The test fails at once if an option is
// not valid.
func NewServer(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	s := settings{id: "local", key: "local"}
	s.emulator.Senders = emulator.DefaultSenders()
	s.emulator.Deliveries.Pauses = []time.Duration{10 * time.Millisecond, 50 * time.Millisecond}
	for _, option := range options {
		option(&s)
	}
	if s.id == "" || s.key == "" {
		tb.Fatal("sestest: the secret id and the secret key must not be empty")
	}
	s.emulator.Keys = map[string]string{s.id: s.key}
	if !s.servicePortRule {
		s.emulator.Policy = everyPort()
	}
	emulated, err := emulator.Open(context.Background(), s.emulator)
	if err != nil {
		tb.Fatalf("sestest: the emulator cannot start: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = emulated.Close()
		tb.Fatalf("sestest: the emulator cannot listen: %v", err)
	}
	host := listener.Addr().String()
	srv := &Server{Endpoint: "http://" + host, Host: host, SecretID: s.id, SecretKey: s.key,
		Senders: append([]string{}, s.emulator.Senders...), tb: tb, emulated: emulated}
	if s.tls {
		listener = srv.secure(tb, listener)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- emulator.Serve(ctx, listener, emulator.OnlyHosts(emulated, nil)) }()
	tb.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			tb.Errorf("sestest: %v", err)
		}
		if err := emulated.Close(); err != nil {
			tb.Errorf("sestest: %v", err)
		}
	})
	return srv
}

// Transport returns a transport that hands requests to the emulator without a socket,
// whatever host they name. An SDK takes it with WithHttpTransport.
func (s *Server) Transport() http.RoundTripper { return s.emulated.Transport() }

// SetCallback sets the callback of a sender address, or the account's if sender is
// empty. An empty URL deletes the callback. The test fails at once for a URL that breaks
// a rule of SES, and for a sender address that the account does not have.
func (s *Server) SetCallback(sender, url string) {
	s.tb.Helper()
	target := callback.Account()
	var err error
	if sender != "" {
		target, err = callback.ParseSender(sender)
	}
	if err == nil {
		err = s.emulated.SetCallback(target, url)
	}
	if err != nil {
		s.tb.Fatalf("sestest: the callback cannot be set: %v", err)
	}
}

// Messages returns the emails that were accepted, oldest first.
func (s *Server) Messages() []Message {
	s.tb.Helper()
	all, err := s.emulated.Messages(emulator.Filter{})
	if err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
	messages := make([]Message, len(all))
	for i, m := range all {
		messages[i] = newMessage(m)
	}
	return messages
}

// Deliveries returns the events of the emails, each with what happened to it, in the order
// in which they happened.
func (s *Server) Deliveries() []Delivery {
	s.tb.Helper()
	all, err := s.deliveries()
	if err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
	return all
}

func (s *Server) deliveries() ([]Delivery, error) {
	all, _, err := s.emulated.Deliveries()
	if err != nil {
		return nil, err
	}
	deliveries := make([]Delivery, len(all))
	for i, d := range all {
		if deliveries[i], err = newDelivery(d); err != nil {
			return nil, err
		}
	}
	return deliveries, nil
}

// Wait waits until at least n events are no longer pending, and returns these, in the
// order in which they happened. An event is no longer pending when it was accepted,
// failed or skipped. If ctx ends first, Wait returns what there is by then, and an error
// that reports the count.
func (s *Server) Wait(ctx context.Context, n int) ([]Delivery, error) {
	for {
		changed := s.emulated.Changed()
		all, err := s.deliveries()
		if err != nil {
			return nil, err
		}
		var over []Delivery
		for _, d := range all {
			if d.Status != Pending {
				over = append(over, d)
			}
		}
		if len(over) >= n {
			return over, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return over, fmt.Errorf("sestest: %d of %d events are no longer pending: %w", len(over), n, context.Cause(ctx))
		}
	}
}

// Settle waits until no event is pending, or until ctx ends, whose error it returns.
func (s *Server) Settle(ctx context.Context) error { return s.emulated.Settle(ctx) }

// Fault turns these faults on and all others off; without any, all are off. A fault is
// NAME[=VALUE][,action=NAME][,share=SHARE], such as "throttle=10%,action=SendEmail",
// "drop-after" or "error=InternalError,share=10%"; "sesctl emulator serve --help" lists
// them. The same order of requests gives the same faults. The test fails at once for a
// fault that is not valid.
func (s *Server) Fault(specs ...string) {
	s.tb.Helper()
	var all []emulator.Fault
	for _, spec := range specs {
		fault, err := emulator.ParseFault(spec)
		if err != nil {
			s.tb.Fatalf("sestest: %v", err)
		}
		all = append(all, fault)
	}
	if err := s.emulated.SetFaults(all); err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
}

// Rule chooses the events of emails to some recipients.
type Rule struct {
	// Recipient is a pattern of addresses: * is any text, ? is one character.
	Recipient string
	// Outcomes are what happens, in order: deliver, bounce, soft-bounce, drop, defer,
	// spam, open, click, unsubscribe.
	Outcomes []string
	// Delay is the time before each of them.
	Delay time.Duration
	// Reason is the reason in the events that have one.
	Reason string
	// Code is the error code that SendEmail answers, instead of Outcomes. A task of
	// BatchSendEmail drops the email with this reason.
	Code string
}

// Scenario replaces the rules that choose the events of emails. The first rule that
// matches a recipient counts. For a recipient that none matches, its local part chooses.
// The test fails at once for a rule that is not valid.
func (s *Server) Scenario(rules ...Rule) {
	s.tb.Helper()
	type rule struct {
		Recipient string   `json:"recipient"`
		Outcomes  []string `json:"outcomes,omitempty"`
		Delay     string   `json:"delay,omitempty"`
		Reason    string   `json:"reason,omitempty"`
		Code      string   `json:"code,omitempty"`
	}
	texts := make([]rule, len(rules))
	for i, r := range rules {
		texts[i] = rule{Recipient: r.Recipient, Outcomes: r.Outcomes, Reason: r.Reason, Code: r.Code}
		if r.Delay != 0 {
			texts[i].Delay = r.Delay.String()
		}
	}
	encoded, err := json.Marshal(map[string]any{"version": 1, "recipients": texts})
	if err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
	scenario, err := emulator.ParseScenario(encoded)
	if err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
	s.emulated.SetScenario(scenario)
}

// Reset empties the account: it has the sender addresses of the start, and there are no
// callbacks, messages, deliveries and faults. The scenario stays.
func (s *Server) Reset() {
	s.tb.Helper()
	if err := s.emulated.Clear(); err != nil {
		s.tb.Fatalf("sestest: %v", err)
	}
}
