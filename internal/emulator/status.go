package emulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// The parameters of GetSendEmailStatus in the order of its args.
const (
	argDate       = 2 // after argOffset and argLimit
	argMessageID  = 3
	argToEmail    = 4
	deliverQueued = 0
)

// getSendEmailStatus answers what became of emails, in the shape of the SDK ses
// v1.3.136. It is known as soon as an email is sent, whatever the deliveries of
// its events; and as long as those are kept.
func getSendEmailStatus() *action {
	return &action{run: runSendEmailStatus, params: []param{
		argOffset:    {"Offset", integer, false},
		argLimit:     {"Limit", integer, false},
		argDate:      {"RequestDate", text, true},
		argMessageID: {"MessageId", text, false},
		argToEmail:   {"ToEmailAddress", text, false}}}
}

func runSendEmailStatus(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	if _, err := time.Parse(time.DateOnly, in[argDate].text); err != nil {
		return b, &apiError{sesapi.CodeWrongDate, "The RequestDate is not of the form YYYY-MM-DD."}
	}
	if in[argLimit].given && (in[argLimit].num < 1 || in[argLimit].num > sesapi.MaxPage) {
		return b, &apiError{sesapi.CodeInvalidLimit, fmt.Sprintf("The limit must be from 1 to %d.", sesapi.MaxPage)}
	}
	offset, limit, err := page(in)
	if err != nil {
		return b, err
	}
	deliveries, _, failed := e.Deliveries()
	if failed != nil {
		return b, &apiError{sesapi.CodeInternalError, "The emails cannot be read: " + failed.Error() + "."}
	}
	emails := emailsOf(deliveries, in)
	from := min(offset, int64(len(emails)))
	b = append(b, `"EmailStatusList":[`...)
	for _, m := range emails[from:min(from+limit, int64(len(emails)))] {
		b = append(m.append(b), ',')
	}
	return append(endList(b, ']'), ','), nil
}

// email is what became of one message for one recipient.
type email struct {
	first                                     Delivery
	status                                    int
	reason                                    string
	delivered                                 int64
	opened, clicked, unsubscribed, complained bool
}

// emailsOf puts the events together that belong to one email, of those that the
// request asks for, in the order in which they were sent. An email is of a date
// if it was sent then in China or by UTC: which of them the service goes by is
// not documented.
func emailsOf(deliveries []Delivery, in args) []*email {
	type key struct{ message, recipient string }
	var emails []*email
	byKey := map[key]*email{}
	for _, d := range deliveries {
		switch {
		case in[argMessageID].text != "" && d.MessageID != in[argMessageID].text,
			in[argToEmail].text != "" && !strings.EqualFold(d.Recipient, in[argToEmail].text),
			d.Time.UTC().Format(time.DateOnly) != in[argDate].text && d.Time.In(china()).Format(time.DateOnly) != in[argDate].text:
			continue
		}
		k := key{d.MessageID, d.Recipient}
		if byKey[k] == nil {
			byKey[k] = &email{first: d, status: deliverQueued}
			emails = append(emails, byKey[k])
		}
		byKey[k].add(d)
	}
	return emails
}

// add takes an event into account. The order does not matter: one that is
// delivered in the end has no other state.
func (m *email) add(d Delivery) {
	switch d.Type {
	case event.Delivered:
		m.status, m.reason, m.delivered = 1, "", d.Time.Unix()
	case event.Dropped, event.Bounce, event.Deferred:
		if m.status == 1 {
			return
		}
		m.status = int(d.Type.EventID()) // 2, 3 and 8 in both
		decoded, _ := event.Decode(d.Event)
		m.reason = decoded.Reason
	case event.Open:
		m.opened = true
	case event.Click:
		m.clicked = true
	case event.Unsubscribe:
		m.unsubscribed = true
	case event.SpamReport:
		m.complained = true
	}
}

func (m *email) append(b []byte) []byte {
	b = append(b, `{"MessageId":`...)
	b = appendText(b, m.first.MessageID)
	b = append(b, `,"ToEmailAddress":`...)
	b = appendText(b, m.first.Recipient)
	b = append(b, `,"FromEmailAddress":`...)
	b = appendText(b, m.first.Sender)
	b = append(b, `,"SendStatus":0,"DeliverStatus":`...)
	b = strconv.AppendInt(b, int64(m.status), 10)
	b = append(b, `,"DeliverMessage":`...)
	b = appendText(b, m.reason)
	b = append(b, `,"RequestTime":`...)
	b = strconv.AppendInt(b, m.first.Time.Unix(), 10)
	b = append(b, `,"DeliverTime":`...)
	b = strconv.AppendInt(b, m.delivered, 10)
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"UserOpened", m.opened}, {"UserClicked", m.clicked}, {"UserUnsubscribed", m.unsubscribed},
		{"UserComplainted", m.complained}, {"UserComplained", m.complained},
	} {
		b = append(b, `,"`+flag.name+`":`...)
		b = strconv.AppendBool(b, flag.set)
	}
	return append(b, '}')
}
