package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/delivery"
	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/failure"
)

// backlog returns the next message of a sender that waits in the state, for the
// queue.
func (e *Emulator) backlog(sender string, from uint64, skip func(uint64) bool) (m delivery.Message, found bool) {
	err := e.state.View(func(tx *state.Tx) error {
		prefix := sender + "\x00"
		for key, encoded := range tx.From(bucketQueue, prefix+state.Key(from)) {
			if !strings.HasPrefix(key, prefix) {
				return nil
			}
			if skip(state.ID(key[len(prefix):])) {
				continue
			}
			q, err := state.Decode[queued](bucketQueue, encoded)
			if err != nil {
				return err
			}
			m, found = e.task(q), true
			return nil
		}
		return nil
	})
	e.lose(err)
	return m, found
}

// task returns a message for the queue, which delivers its events in order.
func (e *Emulator) task(q queued) delivery.Message {
	at := q.First
	return delivery.Message{Group: q.Sender, Key: q.First, Delay: q.Due.Sub(e.now()), Step: func(ctx context.Context) delivery.Record {
		record := e.attempt(ctx, q, at)
		return func() (time.Duration, bool) {
			pause, done := record()
			if done {
				at++
			}
			return pause, at > q.Last
		}
	}}
}

// attempt POSTs an event once, to the callback that is effective for the sender now.
// The function that it returns records the result. If ctx ends, nothing is recorded
// and the delivery stays pending.
func (e *Emulator) attempt(ctx context.Context, q queued, id uint64) delivery.Record {
	d, url, wait, err := e.begin(q, id)
	if err != nil {
		e.lose(err)
		return func() (time.Duration, bool) { return 0, true }
	}
	if d.Status != DeliveryPending { // or it was removed
		return e.over(q, id, func(*record) {})
	}
	if wait > 0 {
		return func() (time.Duration, bool) { return wait, false }
	}
	reason := "the sender has no callback"
	if url != "" {
		reason = e.poster.Refuse(url)
	}
	if reason != "" {
		return e.over(q, id, func(r *record) { r.Status, r.Reason, r.URL = DeliverySkipped, reason, url })
	}
	made := Attempt{Time: e.now().UTC(), URL: url}
	got, err := e.poster.Post(ctx, url, d.Event)
	made.Status, made.Answer = got.Status, got.Line
	if err != nil && ctx.Err() != nil {
		return func() (time.Duration, bool) { return 0, false }
	}
	return func() (time.Duration, bool) { return e.result(q, id, made, err) }
}

// over records that a delivery has ended.
func (e *Emulator) over(q queued, id uint64, change func(*record)) delivery.Record {
	return func() (time.Duration, bool) {
		e.lose(e.finish(q, id, change))
		return 0, true
	}
}

// result records the outcome of an attempt.
func (e *Emulator) result(q queued, id uint64, made Attempt, failed error) (pause time.Duration, done bool) {
	pauses := e.deliveries.Pauses
	err := e.finish(q, id, func(r *record) {
		pause, done, r.URL = 0, true, made.URL
		switch {
		case errors.Is(failed, delivery.ErrPublicHost):
			r.Status, r.Reason = DeliverySkipped, failed.Error()
			return
		case failed == nil:
			r.Status, r.Attempts = DeliveryAccepted, append(r.Attempts, made)
			return
		}
		made.Error = failed.Error()
		r.Attempts = append(r.Attempts, made)
		tried := len(r.Attempts) - r.Again
		if tried > len(pauses) {
			r.Status, r.Reason = DeliveryFailed, made.Error
			return
		}
		pause, done = pauses[tried-1], false
	})
	e.lose(err)
	return pause, done || err != nil
}

// begin reads a delivery and the URL of its callback. Before the first attempt it
// applies the consequences of the event to the account, unless that was done with an
// earlier change. Wait is the time until the event happens.
func (e *Emulator) begin(q queued, id uint64) (d Delivery, url string, wait time.Duration, err error) {
	var r record
	err = e.state.View(func(tx *state.Tx) error {
		var there bool
		var err error
		if r, there, err = q.record(tx, id); err != nil || !there {
			return err
		}
		if d, err = q.reader(tx).delivery(r); err != nil {
			return err
		}
		url = effective(tx, q.Sender)
		if r.Wait && len(r.Attempts) == 0 {
			wait = max(r.Time.Sub(e.now()), 0)
		}
		return nil
	})
	if err == nil && wait == 0 && r.happens() {
		err = e.happenSoon(q, id)
	}
	return d, url, wait, err
}

// happens reports whether an event that is due still has consequences to apply.
func (r *record) happens() bool {
	return !r.Happened && !r.Duplicate && r.Status == DeliveryPending && r.Message > 0
}

// happenSoon applies the consequences of an event.
func (e *Emulator) happenSoon(q queued, id uint64) error {
	return e.state.UpdateSoon(func(tx *state.Tx) error {
		r, there, err := q.record(tx, id)
		if err != nil || !there || !r.happens() {
			return err
		}
		return e.happenNow(tx, q, r)
	})
}

// happenNow applies the consequences of an event, and stores that they are applied.
func (e *Emulator) happenNow(tx *state.Tx, q queued, r record) error {
	r.Happened = true
	encoded, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if q.letter != nil {
		q.letter.events[r.ID-q.First] = storedRecord{r, encoded}
	}
	sent, err := q.reader(tx).sent(r.Message)
	return errors.Join(err, tx.Put(bucketDeliveries, state.Key(r.ID), encoded), happen(tx, r, sent, e.now()))
}

// finish changes a delivery. After the last delivery of a message it ends the
// message.
func (e *Emulator) finish(q queued, id uint64, change func(*record)) error {
	var next []queued
	var made Delivery
	err := e.state.UpdateSoon(func(tx *state.Tx) error {
		next, made = nil, Delivery{}
		r, there, err := q.record(tx, id)
		if err != nil {
			return err
		}
		if there {
			change(&r)
			if err := state.Save(tx, bucketDeliveries, state.Key(id), r); err != nil {
				return err
			}
			if made, err = e.reported(q, tx, r); err != nil {
				return err
			}
		}
		if there && r.Status == DeliveryPending {
			return nil
		}
		if id < q.Last {
			return e.happenNext(tx, q, id+1)
		}
		if q.Task > 0 && tx.Get(bucketQueue, q.key()) != nil {
			if next, err = e.taskAdvances(tx, q.Task); err != nil {
				return err
			}
		}
		return errors.Join(dequeue(tx, q), prune(tx, e.deliveries.Keep))
	})
	if err == nil {
		e.enqueueAll(next)
		e.changed.give()
		e.rows.Note(id, id)
		if made.ID > 0 {
			e.onAttempt(made)
		}
	}
	return err
}

// happenNext applies the consequences of the event after one that has ended, if it
// does not wait: the same change then stores both.
func (e *Emulator) happenNext(tx *state.Tx, q queued, id uint64) error {
	r, there, err := q.record(tx, id)
	if err != nil || !there || r.Wait || !r.happens() {
		return err
	}
	return e.happenNow(tx, q, r)
}

// reported returns a delivery for [Options].OnAttempt, if that is set.
func (e *Emulator) reported(q queued, tx *state.Tx, r record) (Delivery, error) {
	if e.onAttempt == nil {
		return Delivery{}, nil
	}
	return q.reader(tx).short(r)
}

// lose keeps the first error in recording a result, which Close returns.
func (e *Emulator) lose(err error) {
	if err == nil {
		return
	}
	e.unrecorded.Lock()
	defer e.unrecorded.Unlock()
	if e.lost == nil {
		e.lost = err
	}
}

// handOver gives a message to the queue, after it is stored.
func (e *Emulator) handOver(q queued) {
	e.rows.Note(q.First, q.Last)
	e.queue.Add(e.task(q))
}

// Settle waits until no delivery is pending: each was accepted, failed or skipped. If
// ctx ends first, it returns the cause of ctx.
func (e *Emulator) Settle(ctx context.Context) error { return e.queue.Settle(ctx) }

// Deliveries returns the deliveries that are kept, oldest first, and how many
// older ones were dropped to make room.
func (e *Emulator) Deliveries() (all []Delivery, dropped uint64, err error) {
	err = e.state.View(func(tx *state.Tx) error {
		all = []Delivery{}
		dropped = uint64(number(tx, keyDropped))
		d := reader{tx: tx}
		for key, encoded := range tx.From(bucketDeliveries, "") {
			r, err := readRecord(key, encoded)
			if err != nil {
				return err
			}
			out, err := d.delivery(r)
			if err != nil {
				return err
			}
			all = append(all, out)
		}
		return nil
	})
	if err != nil {
		return nil, 0, e.unreadable(err)
	}
	return all, dropped, nil
}

func (e *Emulator) unreadable(err error) error {
	return failure.New(failure.Failure, "cannot read the deliveries in %s: %w", e.state, err).
		WithHint("name another state file, or empty this one with 'sesctl emulator reset'")
}
