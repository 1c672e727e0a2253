package sestest

import (
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/event"
)

// Message is an email that the emulator accepted.
type Message struct {
	ID         string // the MessageId that SendEmail returned; the bulkId of its events
	Sender     string
	Recipients []string // all: To, then Cc, then Bcc
	To         []string
	Cc         []string
	Bcc        []string
	ReplyTo    string // as it was sent
	Subject    string
	TemplateID int64 // 0 for an email without a template
	// TemplateData has the values of the template's variables, in JSON: as they were sent,
	// or for BatchSendEmail the values of the task and of the recipient.
	TemplateData string
	Headers      map[string]string // the headers that return with the events
	Sent         time.Time
	TaskID       uint64 // of BatchSendEmail; 0 for SendEmail
}

func newMessage(m emulator.Message) Message {
	out := Message{ID: m.ID, Sender: m.Sender, ReplyTo: m.ReplyTo, Subject: m.Subject, TemplateID: m.TemplateID, TemplateData: m.Data,
		Headers: m.Headers, Sent: m.Sent, TaskID: m.TaskID}
	kinds := map[string]*[]string{"to": &out.To, "cc": &out.Cc, "bcc": &out.Bcc}
	for _, r := range m.Recipients {
		out.Recipients = append(out.Recipients, r.Address)
		*kinds[r.Kind] = append(*kinds[r.Kind], r.Address)
	}
	return out
}

// Status is how far a delivery has come.
type Status string

// The statuses of a [Delivery].
const (
	Pending  Status = "pending"  // it is, or will be, attempted
	Accepted Status = "accepted" // the callback answered 2xx
	Failed   Status = "failed"   // every attempt failed
	Skipped  Status = "skipped"  // there is no callback, or its host is public
)

// Delivery is one event of an email, and what happened to it.
type Delivery struct {
	ID        uint64 // from 1, in the order in which the events happened
	Event     event.Event
	MessageID string
	Sender    string
	Recipient string
	Duplicate bool // made by the fault "duplicate"
	Status    Status
	Reason    string // why it was skipped or failed
	Attempts  []Attempt
}

// Attempt is one POST of an event.
type Attempt struct {
	Time   time.Time
	URL    string
	Status int    // the HTTP status; 0 if there was no answer
	Error  string // "" if the answer was 2xx
	Answer string // the first line of an answer outside 2xx
}

func newDelivery(d emulator.Delivery) (Delivery, error) {
	e, err := event.Decode(d.Event)
	if err != nil {
		return Delivery{}, err
	}
	out := Delivery{ID: d.ID, Event: e, MessageID: d.MessageID, Sender: d.Sender, Recipient: d.Recipient,
		Duplicate: d.Duplicate, Status: Status(d.Status), Reason: d.Reason}
	for _, a := range d.Attempts {
		out.Attempts = append(out.Attempts, Attempt{Time: a.Time, URL: a.URL, Status: a.Status, Error: a.Error, Answer: a.Answer})
	}
	return out, nil
}
