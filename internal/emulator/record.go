package emulator

import (
	"encoding/binary"
	"encoding/json"
	"iter"
	"sort"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/pkg/event"
)

// record is a stored delivery, without the fields that its message and its email
// have. The state file uses the JSON names.
type record struct {
	ID       uint64           `json:"id"`
	Time     time.Time        `json:"time"`
	Wait     bool             `json:"wait,omitempty"` // until Time, because a scenario delays it
	Type     event.Type       `json:"type"`
	Bounce   event.BounceType `json:"bounce,omitempty"`
	Why      string           `json:"why,omitempty"` // the reason in the event
	Message  uint64           `json:"message,omitempty"`
	Email    int              `json:"email,omitempty"`
	Happened bool             `json:"happened,omitempty"` // its consequences were applied to the account
	Again    int              `json:"again,omitempty"`    // number of attempts before it was redelivered

	Duplicate bool           `json:"duplicate,omitempty"`
	Status    DeliveryStatus `json:"status"`
	Reason    string         `json:"reason,omitempty"`
	URL       string         `json:"url,omitempty"`
	Attempts  []Attempt      `json:"attempts,omitempty"`

	// A delivery of an older sesctl has no message, and has these fields itself.
	MessageID string          `json:"message_id,omitempty"`
	Sender    string          `json:"sender,omitempty"`
	Recipient string          `json:"recipient,omitempty"`
	Event     json.RawMessage `json:"event,omitempty"`
}

// storedRecord is a delivery with its JSON.
type storedRecord struct {
	record  record
	encoded []byte
}

func (r *record) outcome() outcome { return outcome{Type: r.Type, BounceType: r.Bounce, Reason: r.Why} }

// email is the state of a message for one recipient. The state file uses the JSON
// names.
type email struct {
	Recipient    string `json:"recipient"`
	Status       int    `json:"status"` // as in GetSendEmailStatus
	Reason       string `json:"reason,omitempty"`
	Delivered    int64  `json:"delivered,omitempty"` // seconds since 1970
	Opened       bool   `json:"opened,omitempty"`
	Clicked      bool   `json:"clicked,omitempty"`
	Unsubscribed bool   `json:"unsubscribed,omitempty"`
	Complained   bool   `json:"complained,omitempty"`
}

// emailKey is the key of one recipient of a message. The keys of one message are
// consecutive.
func emailKey(message uint64, place int) string {
	return string(binary.BigEndian.AppendUint16([]byte(state.Key(message)), uint16(place)))
}

// reader reads deliveries in order. It keeps the last message that it read, because
// the deliveries of one message are consecutive.
type reader struct {
	tx         *state.Tx
	number     uint64
	message    message
	recipients []string // of the message; nil if they are read from the state
}

// delivery returns a stored delivery with the fields of its message and its email.
func (d *reader) delivery(r record) (Delivery, error) {
	out, err := d.short(r)
	if err != nil || r.Message == 0 {
		return out, err
	}
	out.Event, err = d.message.body(out.Recipient, r.outcome(), r.Time)
	return out, err
}

// sent returns the message with a number.
func (d *reader) sent(number uint64) (message, error) {
	if d.number == number {
		return d.message, nil
	}
	m, _, err := state.Load[message](d.tx, bucketMessages, state.Key(number))
	if err == nil {
		d.number, d.message, d.recipients = number, m, nil
	}
	return m, err
}

// short returns a stored delivery like delivery, but omits the event if the delivery
// has a message.
func (d *reader) short(r record) (Delivery, error) {
	out := Delivery{ID: r.ID, Time: r.Time, Type: r.Type, MessageID: r.MessageID, Sender: r.Sender, Recipient: r.Recipient,
		Duplicate: r.Duplicate, Status: r.Status, Reason: r.Reason, URL: r.URL, Attempts: r.Attempts, Event: r.Event}
	if out.Attempts == nil {
		out.Attempts = []Attempt{}
	}
	if r.Message == 0 {
		return out, nil
	}
	m, err := d.sent(r.Message)
	if err != nil {
		return out, err
	}
	out.MessageID, out.Sender, out.RecipientKind = m.ID, m.Sender, m.kind(r.Email)
	if r.Email < len(d.recipients) {
		out.Recipient = d.recipients[r.Email]
		return out, nil
	}
	to, _, err := state.Load[email](d.tx, bucketEmails, emailKey(r.Message, r.Email))
	out.Recipient = to.Recipient
	return out, err
}

// readRecord decodes a stored delivery, and checks that its number is its key.
func readRecord(key string, encoded []byte) (record, error) {
	r, err := state.Decode[record](bucketDeliveries, encoded)
	if err == nil && r.ID != state.ID(key) {
		err = errDamagedDelivery
	}
	return r, err
}

// messagesOf returns the messages of the day that begins at the given moment. If the
// request has the parameter MessageId, it returns only that message of the day.
func (r *request) messagesOf(day time.Time) iter.Seq2[uint64, message] {
	return func(yield func(uint64, message) bool) {
		only, from := r.in.text("MessageId"), ""
		if only == "" {
			from = firstSince(r.tx, day)
		} else if from = string(r.tx.Get(bucketMessageIDs, only)); from == "" {
			return
		}
		end := day.AddDate(0, 0, 1)
		for key, encoded := range r.tx.From(bucketMessages, from) {
			m, err := state.Decode[message](bucketMessages, encoded)
			switch {
			case only != "" && (err != nil || m.ID != only):
				return
			case err != nil || m.Sent.Before(day):
				continue
			case !m.Sent.Before(end):
				return
			}
			if !yield(state.ID(key), m) {
				return
			}
		}
	}
}

// firstSince returns the key of the first message that was sent at or after a moment.
// Messages are numbered in the order of sending.
func firstSince(tx *state.Tx, moment time.Time) string {
	var first, last uint64
	for key := range tx.From(bucketMessages, "") {
		first = state.ID(key)
		break
	}
	for key := range tx.Backward(bucketMessages) {
		last = state.ID(key)
		break
	}
	n := sort.Search(int(last-first), func(i int) bool {
		for _, encoded := range tx.From(bucketMessages, state.Key(first+uint64(i))) {
			m, err := state.Decode[message](bucketMessages, encoded)
			return err != nil || !m.Sent.Before(moment)
		}
		return true
	})
	return state.Key(first + uint64(n))
}
