package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

var errDamagedDelivery = errors.New("it is damaged: a delivery cannot be read")

// Keys of single values in [state.BucketMeta], beside the format.
const (
	keyPending      = "pending"       // number of pending deliveries
	keyPendingBytes = "pending-bytes" // bytes of the messages that have pending deliveries
	keyDropped      = "dropped"       // number of older deliveries that were removed
	keyMigrated     = "queue"         // set when every pending delivery is in the queue
)

// queued is a message with pending deliveries, numbered First to Last.
type queued struct {
	Sender string    `json:"sender"`
	First  uint64    `json:"first"`
	Last   uint64    `json:"last"`
	Due    time.Time `json:"due"`
	Bytes  int       `json:"bytes"`
	Task   uint64    `json:"task,omitempty"`

	// letter is the message, if it was accepted by this process and is still in memory.
	letter *letter
}

// letter is a message with its number, its recipients and its events. It saves decoding them again.
type letter struct {
	number     uint64
	message    message
	recipients []string
	events     []storedRecord // First to Last, as they were stored last
}

// reader returns a reader that knows the message.
func (q queued) reader(tx *state.Tx) *reader {
	if q.letter == nil {
		return &reader{tx: tx}
	}
	return &reader{tx, q.letter.number, q.letter.message, q.letter.recipients}
}

// record returns one of the deliveries of the message. There reports whether it still
// exists.
func (q queued) record(tx *state.Tx, id uint64) (r record, there bool, err error) {
	encoded := tx.Get(bucketDeliveries, state.Key(id))
	switch {
	case encoded == nil:
		return r, false, nil
	case q.letter != nil:
		if kept := q.letter.events[id-q.First]; bytes.Equal(encoded, kept.encoded) {
			return kept.record, true, nil
		}
	}
	r, err = state.Decode[record](bucketDeliveries, encoded)
	return r, err == nil, err
}

func (q queued) key() string { return q.Sender + "\x00" + state.Key(q.First) }

func (q queued) count() int { return int(q.Last - q.First + 1) }

// accept stores an email, and gives it to the queue as soon as it is durable.
func (r *request) accept(d *draft) *apiError {
	size := len(d.Subject) + len(d.SMTPID) + len(d.Data) + len(d.ReplyTo) + 200
	for name, value := range d.Headers {
		size += len(name) + len(value)
	}
	if refused := r.room(r.tx, len(d.chance.events), size); refused != nil {
		return refused
	}
	q, err := r.store(r.tx, d)
	if err != nil {
		return internalError(err)
	}
	r.after = func() {
		if r.Resume() == nil { // deliveries of an earlier process come first
			r.handOver(q)
		}
	}
	return nil
}

// store writes an email, its recipients and its events. If the first event happens at
// once, its consequences are written in the same change.
func (e *Emulator) store(tx *state.Tx, d *draft) (queued, error) {
	begin := d.begin
	if begin.IsZero() {
		begin = d.Sent
	}
	q := queued{Sender: d.Sender, Due: begin.Add(d.chance.delay), Task: d.Task}
	number, err := tx.Next(bucketMessages)
	if err != nil {
		return q, err
	}
	q.letter = &letter{number: number, recipients: d.recipients}
	err = tx.Put(bucketMessageIDs, d.ID, []byte(state.Key(number)))
	atOnce := d.begin.IsZero() && d.chance.delay == 0
	for i, happens := range d.chance.events {
		id, failed := tx.Next(bucketDeliveries)
		q.Last = id
		r := record{ID: id, Time: begin.Add(happens.After).UTC(), Wait: happens.After > 0, Type: happens.Type, Bounce: happens.BounceType,
			Why: happens.Reason, Message: number, Email: happens.email, Duplicate: happens.duplicate, Status: DeliveryPending}
		if i == 0 {
			q.First, r.Happened = id, atOnce && !r.Wait && r.happens()
			err = errors.Join(err, e.storeEmails(tx, d, r))
		}
		encoded, unencoded := json.Marshal(r)
		q.letter.events = append(q.letter.events, storedRecord{r, encoded})
		err = errors.Join(err, failed, unencoded, tx.Put(bucketDeliveries, state.Key(id), encoded))
	}
	m := d.message
	m.First, m.Last = q.First, q.Last
	q.letter.message = m
	encoded, failed := json.Marshal(m)
	q.Bytes = len(encoded)
	return q, errors.Join(err, failed, tx.Put(bucketMessages, state.Key(number), encoded), enqueue(tx, q), prune(tx, e.deliveries.Keep))
}

// storeEmails writes the recipients of an email, and counts them. If the first event
// has happened, it is applied to its recipient.
func (e *Emulator) storeEmails(tx *state.Tx, d *draft, first record) (err error) {
	volumes := map[string]volume{}
	for i, recipient := range d.recipients {
		m, more := email{Recipient: recipient}, volume{Request: 1, Accepted: 1}
		if first.Happened && first.Email == i {
			more.add(volumeOf(first.Type))
			err = errors.Join(err, m.happen(tx, first, d.message, e.now()))
		}
		key := volumeKey(d.message, recipient)
		more.add(volumes[key])
		volumes[key] = more
		err = errors.Join(err, state.Save(tx, bucketEmails, emailKey(first.Message, i), m))
	}
	for key, more := range volumes {
		err = errors.Join(err, count(tx, key, more))
	}
	return err
}

// room refuses an email when too many deliveries, or bytes of messages, would be
// pending with it.
func (e *Emulator) room(tx *state.Tx, count, bytes int) *apiError {
	if number(tx, keyPending)+count > e.deliveries.MaxPending || number(tx, keyPendingBytes)+bytes > e.deliveries.MaxPendingBytes {
		return refuse(sesapi.CodeResourceInsufficient, "Too many events wait to be delivered (the emulator keeps at most %d events and %d bytes): "+
			"the callback does not accept them. Try again later.", e.deliveries.MaxPending, e.deliveries.MaxPendingBytes)
	}
	return nil
}

// number returns one of the single values that are numbers; 0 if it is not stored.
func number(tx *state.Tx, key string) int {
	n, _ := strconv.Atoi(string(tx.Get(state.BucketMeta, key)))
	return n
}

func addNumber(tx *state.Tx, key string, by int) error {
	return tx.Put(state.BucketMeta, key, strconv.AppendInt(nil, int64(number(tx, key)+by), 10))
}

func enqueue(tx *state.Tx, q queued) error {
	return errors.Join(state.Save(tx, bucketQueue, q.key(), q),
		addNumber(tx, keyPending, q.count()), addNumber(tx, keyPendingBytes, q.Bytes))
}

// dequeue removes a message from the queue after its last pending delivery.
func dequeue(tx *state.Tx, q queued) error {
	if tx.Get(bucketQueue, q.key()) == nil {
		return nil
	}
	return errors.Join(tx.Delete(bucketQueue, q.key()),
		addNumber(tx, keyPending, -q.count()), addNumber(tx, keyPendingBytes, -q.Bytes))
}

// prune removes the oldest deliveries until keep are left, and their messages. It
// stops at a pending delivery.
func prune(tx *state.Tx, keep int) error {
	over := tx.Count(bucketDeliveries) - keep
	if over <= 0 {
		return nil
	}
	var old []record
	for key, encoded := range tx.From(bucketDeliveries, "") {
		r, err := readRecord(key, encoded)
		if err != nil {
			return err
		}
		if len(old) == over || r.Status == DeliveryPending {
			break
		}
		old = append(old, r)
	}
	return forget(tx, old)
}

// forget removes deliveries, and each message that has no delivery left.
func forget(tx *state.Tx, old []record) error {
	messages := map[uint64]struct{}{}
	for _, r := range old {
		if err := tx.Delete(bucketDeliveries, state.Key(r.ID)); err != nil {
			return err
		}
		messages[r.Message] = struct{}{}
	}
	if len(old) == 0 {
		return nil
	}
	delete(messages, 0)
	// The deliveries of one message have consecutive numbers. So only the message of
	// the oldest remaining delivery can have others.
	for _, encoded := range tx.From(bucketDeliveries, state.Key(old[len(old)-1].ID)) {
		next, err := state.Decode[record](bucketDeliveries, encoded)
		if err != nil {
			return err
		}
		delete(messages, next.Message)
		break
	}
	for number := range messages {
		if err := forgetMessage(tx, number); err != nil {
			return err
		}
	}
	return addNumber(tx, keyDropped, len(old))
}

func forgetMessage(tx *state.Tx, number uint64) error {
	m, there, err := state.Load[message](tx, bucketMessages, state.Key(number))
	if err != nil || !there {
		return err
	}
	var keys []string
	for key := range tx.From(bucketEmails, emailKey(number, 0)) {
		if len(key) != 10 || state.ID(key[:8]) != number {
			break
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		err = errors.Join(err, tx.Delete(bucketEmails, key))
	}
	return errors.Join(err, tx.Delete(bucketMessages, state.Key(number)), tx.Delete(bucketMessageIDs, m.ID))
}
