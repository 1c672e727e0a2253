package sestest

import (
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Option changes what [NewServer] starts.
type Option func(*settings)

// settings are what options change.
type settings struct {
	emulator        emulator.Options
	id, key         string
	servicePortRule bool
	tls             bool
}

// WithSenders gives the account these sender addresses instead of
// noreply@mail.example.com and news@mail.example.com.
func WithSenders(addresses ...string) Option {
	return func(s *settings) { s.emulator.Senders = append([]string{}, addresses...) }
}

// WithKey sets the key pair that requests are signed with. Without it the pair is
// "local" and "local".
func WithKey(secretID, secretKey string) Option {
	return func(s *settings) { s.id, s.key = secretID, secretKey }
}

// WithSimpleEmails accepts emails without a template. SES refuses them for an account
// that is not configured for them (document 1084/39482).
func WithSimpleEmails() Option {
	return func(s *settings) { s.emulator.AllowSimple = true }
}

// WithUnverified makes domains unverified: emails of their sender addresses are refused.
func WithUnverified(domains ...string) Option {
	return func(s *settings) { s.emulator.Unverified = append([]string{}, domains...) }
}

// Limits are limits of the service; 0 is none.
type Limits struct {
	Quota       int // requests a second for each action
	AddressHour int // emails of SendEmail to one recipient in an hour
	Day         int // emails of SendEmail on one day, in the time zone of China
}

// WithLimits enforces limits of the service. Without it there are none.
func WithLimits(l Limits) Option {
	return func(s *settings) {
		s.emulator.Limits = emulator.Limits{Quota: l.Quota, AddressHour: l.AddressHour, Day: l.Day}
	}
}

// WithPauses sets the pauses before an event is sent again because it was not answered
// 2xx. There is one attempt more than there are pauses; without pauses there is one
// attempt. The default is three attempts, with pauses of 10 and 50 milliseconds, so that
// tests are fast. SES documents no retries.
func WithPauses(pauses ...time.Duration) Option {
	return func(s *settings) { s.emulator.Deliveries.Pauses = append([]time.Duration{}, pauses...) }
}

// WithServicePorts accepts callbacks on the ports that SES supports only: 8080 to 8082
// (document 1084/40183). Without it every port is accepted, because receivers of tests
// listen on free ports.
func WithServicePorts() Option {
	return func(s *settings) { s.servicePortRule = true }
}

// everyPort allows a callback on every port.
func everyPort() callback.Policy {
	ports := make([]int, 1<<16-1)
	for i := range ports {
		ports[i] = i + 1
	}
	return callback.Policy{Ports: ports}
}
