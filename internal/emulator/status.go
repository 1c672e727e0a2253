package emulator

import (
	"errors"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// The delivery statuses of GetSendEmailStatus (the comment of SendEmailStatus in the
// SDK's models.go). The status of an event has the same number as its eventid.
const (
	statusQueued    = 0
	statusDelivered = 1
	statusDropped   = 2
)

// The reasons of emails that are dropped before they are sent.
const (
	reasonBlocked      = "recipient is in the blocklist"
	reasonUnsubscribed = "recipient has unsubscribed"
)

// sendStatus returns the SendStatus of an email; 0 is success. SendEmail answers with an
// error instead, so only emails of tasks have another one.
func (m *email) sendStatus(sent message) int {
	if sent.Task == 0 || m.Status != statusDropped {
		return 0
	}
	return sendStatusOf(m.Reason)
}

// sendStatusOf returns the SendStatus for the reason of a dropped email (the comment of
// SendEmailStatus in the SDK's models.go). The reason can be an error code whose comment in
// the SDK's errors.go describes the same reason.
func sendStatusOf(reason string) int {
	switch reason {
	case sesapi.CodeFrequencyLimit:
		return 1006
	case sesapi.CodeBlockedAddress, reasonBlocked:
		return 1007
	case sesapi.CodeExceedSendLimit:
		return 1010
	case sesapi.CodeWithoutPermission:
		return 1011
	case sesapi.CodeHasUnsubscribed, reasonUnsubscribed:
		return 1013
	case sesapi.CodeInvalidTemplate:
		return 3007
	case "FailedOperation.TemporaryBlocked":
		return 3008
	case sesapi.CodeWrongContentJSON:
		return 3010
	case sesapi.CodeNotAuthenticatedSender:
		return 3014
	case "FailedOperation.UnsupportMailType":
		return 3020
	case sesapi.CodeIncorrectEmail:
		return 3024
	case "FailedOperation.HighRejectionRate":
		return 3030
	case "FailedOperation.InsufficientBalance":
		return 3033
	}
	return 0
}

// maxStatusAge is how old a day may be: 90 days, and the day itself (NotSupportDate
// in the SDK's errors.go).
const maxStatusAge = 91 * 24 * time.Hour

// happen applies the consequences of an event of a message to the account.
func happen(tx *state.Tx, r record, sent message, now time.Time) error {
	key := emailKey(r.Message, r.Email)
	m, there, err := state.Load[email](tx, bucketEmails, key)
	if err != nil || !there {
		return err
	}
	return errors.Join(m.happen(tx, r, sent, now), state.Save(tx, bucketEmails, key, m),
		count(tx, volumeKey(sent, m.Recipient), volumeOf(r.Type)))
}

// happen applies the consequences of an event to the email, and to the account except
// for its statistics. A delivered email stays delivered, whatever the order of its
// events.
func (m *email) happen(tx *state.Tx, r record, sent message, now time.Time) (err error) {
	switch r.Type {
	case event.Delivered:
		m.Status, m.Reason, m.Delivered = statusDelivered, "", now.Unix()
	case event.Dropped, event.Bounce, event.Deferred:
		if m.Status != statusDelivered {
			m.Status, m.Reason = int(r.Type.EventID()), r.Why
		}
	case event.Open:
		m.Opened = true
	case event.Click:
		m.Clicked = true
	case event.Unsubscribe:
		m.Unsubscribed = true
		err = tx.Put(bucketUnsubscribed, unsubscribedKey(sent.Sender, m.Recipient), []byte("1"))
	case event.SpamReport:
		m.Complained = true
		err = complain(tx, sent, m.Recipient, now)
	}
	if sent.Task > 0 {
		err = errors.Join(err, taskBegins(tx, sent.Task, now))
	}
	return errors.Join(err, block(tx, m.Recipient, r))
}

// getSendEmailStatus answers with the states of emails, in the order of sending. An
// email is queued until its first event happens. Its date is the date in China when
// it was sent.
func getSendEmailStatus(r *request) *apiError {
	date := r.in.text("RequestDate")
	day, failed := time.ParseInLocation(time.DateOnly, date, china())
	if failed != nil {
		return refuse(sesapi.CodeWrongDate, "The RequestDate is not of the form YYYY-MM-DD.")
	}
	if r.now().Sub(day) > maxStatusAge {
		return refuse(sesapi.CodeNotSupportDate, "The RequestDate is more than 90 days ago.")
	}
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	list := []map[string]any{}
	at := int64(0)
	for number, m := range r.messagesOf(day) {
		if at-offset >= limit {
			break
		}
		for i := range m.Recipients {
			to, _, failed := state.Load[email](r.tx, bucketEmails, emailKey(number, i))
			if failed != nil {
				return internalError(failed)
			}
			if wanted := r.in.text("ToEmailAddress"); wanted != "" && !strings.EqualFold(wanted, to.Recipient) {
				continue
			}
			if at >= offset && at-offset < limit {
				list = append(list, to.answer(m))
			}
			at++
		}
	}
	return r.answer("EmailStatusList", list)
}

func (m *email) answer(sent message) map[string]any {
	return map[string]any{
		"MessageId": sent.ID, "ToEmailAddress": m.Recipient, "FromEmailAddress": sent.Sender,
		"SendStatus": m.sendStatus(sent), "DeliverStatus": m.Status, "DeliverMessage": m.Reason,
		"RequestTime": sent.Sent.Unix(), "DeliverTime": m.Delivered,
		"UserOpened": m.Opened, "UserClicked": m.Clicked, "UserUnsubscribed": m.Unsubscribed,
		"UserComplainted": m.Complained, "UserComplained": m.Complained,
	}
}
