package emulator

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// appID is the account's, made up; events have it in "username".
const appID = "1250000000"

// message is an email that SendEmail has accepted.
type message struct {
	id         string
	sender     callback.Target
	recipients []string
	subject    string
	templateID int64
	smtpID     string // its Message-ID
	headers    map[string]string
	sent       time.Time
}

// newMessageID returns an identifier in the form of the one in the sample event
// of document 1084/39492: qcloudses-30-APPID-date-TIME-RANDOM. Compared with the
// timestamp there, the time is that of China.
func newMessageID(now time.Time) string {
	return "qcloudses-30-" + appID + "-date-" + now.In(china()).Format("20060102150405") + "-" + rand.Text()[:13]
}

func china() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// outcome is one event of a recipient. Change sets what differs from the sample
// of its type.
type outcome struct {
	Type   event.Type
	change func(*event.Event)
}

// outcomes returns what becomes of an email to a recipient, in order. The local
// part of the address chooses.
func outcomes(recipient string) []outcome {
	local, _, _ := strings.Cut(strings.ToLower(recipient), "@")
	switch local {
	case "bounce":
		return []outcome{{Type: event.Bounce}}
	case "soft-bounce":
		return []outcome{{event.Bounce, func(e *event.Event) {
			e.BounceType, e.Reason = event.SoftBounce, "452 4.2.2 mailbox is full"
		}}}
	case "drop":
		return []outcome{{Type: event.Dropped}}
	case "defer":
		return []outcome{{Type: event.Deferred}, {Type: event.Delivered}}
	case "spam":
		return []outcome{{Type: event.Delivered}, {Type: event.SpamReport}}
	case "open":
		return []outcome{{Type: event.Delivered}, {Type: event.Open}}
	case "click":
		return []outcome{{Type: event.Delivered}, {Type: event.Click}}
	case "unsubscribe":
		return []outcome{{Type: event.Delivered}, {Type: event.Unsubscribe}}
	}
	return []outcome{{Type: event.Delivered}}
}

// events returns the deliveries of a message, in the order in which its events
// happen, and one more for each that comes twice.
func (m *message) events(f *faults) (records []*Delivery, delay time.Duration, err error) {
	for _, recipient := range m.recipients {
		for _, o := range outcomes(recipient) {
			body, err := m.event(recipient, o)
			if err != nil {
				return nil, 0, err
			}
			records = append(records, &Delivery{
				Time: m.sent.UTC(), Type: o.Type, MessageID: m.id, Sender: m.sender.Address(), Recipient: recipient,
				Status: DeliveryPending, Attempts: []Attempt{}, Event: body,
			})
		}
	}
	twice, reversed, delay := f.deliveries(len(records))
	doubled := make([]*Delivery, 0, len(records))
	for i, r := range records {
		doubled = append(doubled, r)
		if twice[i] {
			second := *r
			second.Duplicate = true
			doubled = append(doubled, &second)
		}
	}
	if reversed {
		slices.Reverse(doubled)
	}
	return doubled, delay, nil
}

// event returns the payload of one event: the fields that the page gives to its
// type. There is no taskId, because SendEmail is no batch task.
func (m *message) event(recipient string, o outcome) (json.RawMessage, error) {
	e, err := event.Sample(o.Type, event.WithRecipient(recipient), event.WithSender(m.sender.Address()))
	if err != nil {
		return nil, err
	}
	e.BulkID, e.Username, e.MessageID, e.Subject = m.id, appID, m.smtpID, event.EncodeSubject(m.subject)
	e.Timestamp, e.SentTimestamp, e.TaskID, e.Extra = m.sent.Unix(), m.sent.Unix(), 0, nil
	if o.change != nil {
		o.change(&e)
	}
	// By Set, so that an email without a template has the field too.
	if err := e.Set("templateId", strconv.FormatInt(m.templateID, 10)); err != nil {
		return nil, err
	}
	for name, value := range m.headers {
		if err := e.Set(name, value); err != nil {
			return nil, fmt.Errorf("header %s: %w", quote(name), err)
		}
	}
	return event.Encode(e)
}
