package emulator

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Message is an email that the emulator accepted.
type Message struct {
	ID         string             `json:"id"` // the MessageId
	Sender     string             `json:"sender"`
	Recipients []MessageRecipient `json:"recipients"`
	ReplyTo    string             `json:"reply_to,omitempty"`
	Subject    string             `json:"subject"`
	TemplateID int64              `json:"template_id"`
	Data       string             `json:"template_data,omitempty"` // in JSON, as it was sent
	SMTPID     string             `json:"smtp_id"`
	Headers    map[string]string  `json:"headers,omitempty"` // custom headers, which every event repeats
	Sent       time.Time          `json:"sent"`
	TaskID     uint64             `json:"task_id,omitempty"`
}

// MessageRecipient is one recipient of a message, and the state of its delivery.
type MessageRecipient struct {
	Address      string `json:"address"`
	Kind         string `json:"kind,omitempty"` // to, cc or bcc
	Status       int    `json:"status"`         // as in GetSendEmailStatus
	Reason       string `json:"reason,omitempty"`
	Opened       bool   `json:"opened"`
	Clicked      bool   `json:"clicked"`
	Unsubscribed bool   `json:"unsubscribed"`
	Complained   bool   `json:"complained"`
}

// Messages returns the messages that a filter selects, oldest first.
func (e *Emulator) Messages(f Filter) (all []Message, err error) {
	err = e.state.View(func(tx *state.Tx) error {
		all = []Message{}
		for key, encoded := range tx.From(bucketMessages, "") {
			m, err := readMessage(tx, state.ID(key), encoded)
			if err != nil {
				return err
			}
			if f.message(m) {
				all = append(all, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, e.unreadable(err)
	}
	return all, nil
}

func readMessage(tx *state.Tx, number uint64, encoded []byte) (Message, error) {
	m, err := state.Decode[message](bucketMessages, encoded)
	if err != nil {
		return Message{}, err
	}
	out := Message{ID: m.ID, Sender: m.Sender, Subject: m.Subject, TemplateID: m.TemplateID, Data: m.Data, SMTPID: m.SMTPID,
		ReplyTo: m.ReplyTo, Headers: m.Headers, Sent: m.Sent, TaskID: m.Task, Recipients: []MessageRecipient{}}
	for i := range m.Recipients {
		to, _, err := state.Load[email](tx, bucketEmails, emailKey(number, i))
		if err != nil {
			return out, err
		}
		out.Recipients = append(out.Recipients, MessageRecipient{to.Recipient, m.kind(i), to.Status, to.Reason, to.Opened, to.Clicked, to.Unsubscribed, to.Complained})
	}
	return out, nil
}

// DeleteMessages deletes the messages that a filter selects, with their deliveries.
// It returns how many messages it deleted.
func (e *Emulator) DeleteMessages(f Filter) (n int, err error) {
	var next []queued
	err = e.state.Update(func(tx *state.Tx) error {
		n, next = 0, nil
		type numbered struct {
			number uint64
			message
		}
		var chosen []numbered // in the order of their numbers
		for key, encoded := range tx.From(bucketMessages, "") {
			m, err := readMessage(tx, state.ID(key), encoded)
			if err != nil {
				return err
			}
			if f.message(m) {
				stored, _ := state.Decode[message](bucketMessages, encoded) // readMessage did it too
				chosen = append(chosen, numbered{state.ID(key), stored})
			}
		}
		for _, m := range chosen {
			n++
			for id := m.First; id > 0 && id <= m.Last; id++ {
				if err := tx.Delete(bucketDeliveries, state.Key(id)); err != nil {
					return err
				}
			}
			q, there, err := state.Load[queued](tx, bucketQueue, queued{Sender: m.Sender, First: m.First}.key())
			if err == nil && there {
				var more []queued
				more, err = e.cancel(tx, q)
				next = append(next, more...)
			}
			if err := errors.Join(err, forgetMessage(tx, m.number)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(next) > 0 && e.Resume() == nil {
		e.enqueueAll(next)
	}
	e.rows.Reset()
	e.changed.give()
	return n, err
}

// cancel removes a message from the queue. If it was the last one of a run of a task, it
// returns the messages of the next run.
func (e *Emulator) cancel(tx *state.Tx, q queued) (next []queued, err error) {
	if q.Task > 0 {
		next, err = e.taskAdvances(tx, q.Task)
	}
	return next, errors.Join(err, dequeue(tx, q))
}

// DeliveriesOf returns the deliveries that a filter selects, oldest first.
func (e *Emulator) DeliveriesOf(f Filter) (Listing, error) {
	all, dropped, err := e.Deliveries()
	listing := Listing{Deliveries: []Delivery{}, Dropped: dropped}
	for _, d := range all {
		if f.delivery(d) {
			listing.Deliveries = append(listing.Deliveries, d)
		}
	}
	return listing, err
}

// DeleteDeliveries deletes the deliveries that a filter selects, and returns how many
// it deleted. A deleted delivery that was pending is never made.
func (e *Emulator) DeleteDeliveries(f Filter) (n int, err error) {
	listing, err := e.DeliveriesOf(f)
	if err != nil {
		return 0, err
	}
	err = e.state.Update(func(tx *state.Tx) error {
		n = 0
		for _, d := range listing.Deliveries {
			if tx.Get(bucketDeliveries, state.Key(d.ID)) == nil {
				continue
			}
			n++
			if err := tx.Delete(bucketDeliveries, state.Key(d.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	e.rows.Reset()
	e.changed.give()
	return n, err
}

// Errors of Redeliver.
var (
	errNoDelivery   = errors.New("no such delivery")
	errStillPending = errors.New("its message is still being delivered")
)

// Redeliver makes a delivery pending again. Its event is POSTed again to the callback
// that is effective now, and is retried if that fails.
func (e *Emulator) Redeliver(id uint64) error {
	var q queued
	err := e.state.Update(func(tx *state.Tx) error {
		r, there, err := state.Load[record](tx, bucketDeliveries, state.Key(id))
		if err != nil {
			return err
		}
		if !there {
			return errNoDelivery
		}
		d, err := (&reader{tx: tx}).delivery(r)
		if err != nil {
			return err
		}
		if waits, err := isQueued(tx, d.Sender, id); err != nil || waits {
			return errors.Join(err, errStillPending)
		}
		r.Status, r.Reason, r.Wait, r.Happened = DeliveryPending, "", false, true
		r.Again = len(r.Attempts)
		q = queued{Sender: d.Sender, First: id, Last: id, Due: e.now()}
		return errors.Join(state.Save(tx, bucketDeliveries, state.Key(id), r), enqueue(tx, q))
	})
	if err != nil {
		return err
	}
	if err := e.Resume(); err != nil {
		return err
	}
	e.handOver(q)
	return nil
}

// isQueued reports whether the message of a delivery is in the queue.
func isQueued(tx *state.Tx, sender string, id uint64) (bool, error) {
	for key, encoded := range tx.From(bucketQueue, sender+"\x00") {
		if !strings.HasPrefix(key, sender+"\x00") {
			return false, nil
		}
		q, err := state.Decode[queued](bucketQueue, encoded)
		if err != nil || q.First <= id && id <= q.Last {
			return true, err
		}
	}
	return false, nil
}

// Callbacks returns the account's callbacks.
func (e *Emulator) Callbacks() (set callback.Set, err error) {
	err = e.state.View(func(tx *state.Tx) error {
		set = callback.Set{}.With(callback.Account(), callback.NewURL(string(tx.Get(state.BucketMeta, keyAccountURL))))
		for address, url := range tx.From(bucketURLs, "") {
			t, err := callback.ParseSender(address)
			if err != nil {
				return err
			}
			set = set.With(t, callback.NewURL(string(url)))
		}
		return nil
	})
	return set, err
}

// SetCallback sets the callback of a target, or removes it if the URL is empty. The
// error has the kind usage if the URL breaks a rule, or if the account does not have
// the sender address.
func (e *Emulator) SetCallback(t callback.Target, url string) error {
	if url != "" {
		if refused := e.checkURL(url); refused != nil {
			return failure.New(failure.Usage, "%s", strings.TrimSuffix(refused.message, "."))
		}
	}
	err := e.state.Update(func(tx *state.Tx) error {
		if t == callback.Account() {
			return tx.Put(state.BucketMeta, keyAccountURL, []byte(url))
		}
		if refused := known(tx, t); refused != nil && refused.code == sesapi.CodeNoSuchSender {
			return failure.New(failure.Usage, "the account has no sender address %s", t)
		}
		if url == "" {
			return tx.Delete(bucketURLs, t.Address())
		}
		return tx.Put(bucketURLs, t.Address(), []byte(url))
	})
	e.rows.NoteAccount()
	return err
}

// Clear resets the account to a fresh state.
func (e *Emulator) Clear() error {
	err := e.state.Update(func(tx *state.Tx) error {
		for _, bucket := range []string{bucketSenders, bucketURLs, bucketMessageIDs, bucketEmails, bucketQueue, bucketDomains,
			bucketTemplates, bucketReceivers, bucketDetails, bucketTasks, bucketBlocked, bucketCustom, bucketCustomByMail,
			bucketConfigs, bucketUnsubscribed, bucketStatistics, bucketAbuse} {
			if err := tx.Clear(bucket); err != nil {
				return err
			}
		}
		// Deliveries in flight are known by these numbers, so no number is used
		// twice.
		err := errors.Join(tx.Empty(bucketMessages), tx.Empty(bucketDeliveries))
		for _, key := range []string{keyAccountURL, keyPending, keyPendingBytes, keyDropped, keyFaults} {
			err = errors.Join(err, tx.Delete(state.BucketMeta, key))
		}
		return errors.Join(err, makeFresh(tx, e.senders))
	})
	if err != nil {
		return failure.New(failure.Failure, "cannot empty %s: %w", e.state, err)
	}
	e.faults.Store(nil)
	e.rows.Reset()
	e.changed.give()
	return nil
}

// String returns where the state is kept, for messages.
func (e *Emulator) String() string { return fmt.Sprint(e.state) }

// Changed returns a channel that is closed at the next change of a delivery.
func (e *Emulator) Changed() <-chan struct{} { return e.changed.next() }
