package event

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Option changes a sample.
type Option func(*Event) error

// Sample returns an event of a documented type. It has the values of the one
// documented sample (a bounce), and the fields that the documentation gives to the
// type. Two samples of the same type are equal. Options are applied in their order.
func Sample(t Type, options ...Option) (Event, error) {
	if t.EventID() == 0 {
		return Event{}, fmt.Errorf("no sample for the event type %q; the documented types are %s", shorten(string(t)), typeNames())
	}
	e := Event{
		Type:          t,
		Email:         "example@example.com",
		BulkID:        "qcloudses-30-251200670-date-20220601142439-8jolHvR2XcXC1",
		Timestamp:     1654064683,
		Username:      "251200670",
		From:          "test@fromexample.com",
		FromDomain:    "fromexample.com",
		TemplateID:    123456,
		Subject:       "example subject",
		MessageID:     "ea2783c1-7704-48a8-af36-2b9e83e767ec@fromexample.com",
		EventID:       t.EventID(),
		TaskID:        1001,
		SentTimestamp: 1761555487,
		Extra:         map[string]json.RawMessage{HeaderPrefix + "Custom": json.RawMessage(`"ses callback"`)},
	}
	const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
	switch t {
	case Bounce:
		e.Reason, e.BounceType = "551 5.1.1 recipient is not exist", HardBounce
	case Dropped:
		e.Reason = "recipient is in the blocklist"
	case Deferred:
		e.Reason = "451 4.7.1 try again later"
	case Open:
		e.UserAgent = userAgent
	case Click:
		e.UserAgent, e.Link = userAgent, "https://www.example.com/offer?id=1&from=email"
	}
	for _, option := range options {
		if err := option(&e); err != nil {
			return Event{}, err
		}
	}
	return e, nil
}

func typeNames() string {
	var names []string
	for _, info := range Types() {
		names = append(names, string(info.Type))
	}
	return strings.Join(names, ", ")
}

// WithField sets a field from text, as [Event.Set] does.
func WithField(name, value string) Option {
	return func(e *Event) error { return e.Set(name, value) }
}

// WithJSON sets a field to any JSON value, or leaves it out, as [Event.SetJSON] does.
func WithJSON(name string, value json.RawMessage) Option {
	return func(e *Event) error { return e.SetJSON(name, value) }
}

// WithTime sets when the event happened, and that the email was sent two
// seconds before.
func WithTime(t time.Time) Option {
	return func(e *Event) error {
		e.Timestamp, e.SentTimestamp = t.Unix(), t.Unix()-2
		return nil
	}
}

// WithSender sets the sender address and its domain.
func WithSender(address string) Option {
	return func(e *Event) error {
		e.From, e.FromDomain = address, address[strings.LastIndexByte(address, '@')+1:]
		return nil
	}
}

// WithRecipient sets the recipient address.
func WithRecipient(address string) Option {
	return func(e *Event) error {
		e.Email = address
		return nil
	}
}
