package emulator

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// appID is the invented number of the account; events have it in "username".
const appID = "1250000000"

// message is an accepted email without its recipients. The state file uses the JSON
// names.
type message struct {
	ID         string            `json:"id"`
	Sender     string            `json:"sender"`
	Subject    string            `json:"subject"`
	TemplateID int64             `json:"template,omitempty"`
	Data       string            `json:"data,omitempty"` // values of the template's variables, in JSON
	SMTPID     string            `json:"smtp_id"`        // its Message-ID
	Headers    map[string]string `json:"headers,omitempty"`
	Sent       time.Time         `json:"sent"`
	Recipients int               `json:"recipients"`
	To         int               `json:"to,omitempty"` // how many of them are of each kind, in this order
	Cc         int               `json:"cc,omitempty"`
	Bcc        int               `json:"bcc,omitempty"`
	ReplyTo    string            `json:"reply_to,omitempty"`
	Task       uint64            `json:"task,omitempty"`  // of BatchSendEmail
	First      uint64            `json:"first,omitempty"` // its first and last delivery
	Last       uint64            `json:"last,omitempty"`
}

// kind returns how the recipient at a place was addressed: "to", "cc" or "bcc". It is ""
// for a message of an older sesctl.
func (m *message) kind(place int) string {
	switch {
	case place < m.To:
		return "to"
	case place < m.To+m.Cc:
		return "cc"
	case place < m.To+m.Cc+m.Bcc:
		return "bcc"
	}
	return ""
}

// newMessageID returns an identifier in the form of the one in the sample event of
// document 1084/39492: qcloudses-30-APPID-date-TIME-RANDOM. The timestamp of that
// event shows that the time is China's.
func newMessageID(now time.Time) string {
	return "qcloudses-30-" + appID + "-date-" + now.In(china()).Format("20060102150405") + "-" + rand.Text()[:13]
}

const chinaOffset = 8 * time.Hour // China has no summer time

func china() *time.Location { return time.FixedZone("UTC+8", int(chinaOffset/time.Second)) }

// dayInChina returns the date in China.
func dayInChina(t time.Time) string { return t.UTC().Add(chinaOffset).Format(time.DateOnly) }

// event returns the payload of one event: the fields that the document lists for its
// type. Only events of a batch task have a taskId.
func (m *message) event(recipient string, o outcome, at time.Time) (event.Event, error) {
	e, err := event.Sample(o.Type, event.WithRecipient(recipient), event.WithSender(m.Sender))
	if err != nil {
		return e, err
	}
	e.BulkID, e.Username, e.MessageID, e.Subject = m.ID, appID, m.SMTPID, event.EncodeSubject(m.Subject)
	e.Timestamp, e.SentTimestamp, e.TaskID, e.Extra = at.Unix(), m.Sent.Unix(), int64(m.Task), nil
	e.TemplateID = m.TemplateID
	if o.BounceType != "" {
		e.BounceType = o.BounceType
	}
	if o.Reason != "" {
		e.Reason = o.Reason
	}
	if m.TemplateID == 0 {
		// Set is used, so that an email without a template has the field too.
		if err := e.Set("templateId", "0"); err != nil {
			return e, err
		}
	}
	for name, value := range m.Headers {
		if err := e.Set(name, value); err != nil {
			return e, fmt.Errorf("header %s: %w", quote(name), err)
		}
	}
	return e, nil
}

// body returns the event as it is POSTed.
func (m *message) body(recipient string, o outcome, at time.Time) (json.RawMessage, error) {
	e, err := m.event(recipient, o, at)
	if err != nil {
		return nil, err
	}
	return event.Encode(e)
}
