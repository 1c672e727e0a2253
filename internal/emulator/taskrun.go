package emulator

import (
	"errors"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
)

func (e *Emulator) enqueueAll(all []queued) {
	for _, q := range all {
		e.handOver(q)
	}
}

// run makes the messages of a task, one for each recipient whose address is valid. Their
// events begin when the task begins.
func (e *Emulator) run(tx *state.Tx, id uint64, t *task) ([]queued, *apiError) {
	all, err := details(tx, t.Receiver)
	if err != nil {
		return nil, internalError(err)
	}
	recipients := all[:0]
	for _, to := range all {
		if to.Email, err = parseRecipient(to.Email); err == nil {
			recipients = append(recipients, to)
		}
	}
	t.Request, t.Sent, t.Status = len(recipients), 0, taskWaits
	if len(recipients) == 0 { // only in a state of an older sesctl
		t.Status = taskDone
	}
	if refused := e.room(tx, len(recipients), (256+len(t.Data)+len(t.ReplyTo))*len(recipients)); refused != nil {
		return nil, refused
	}
	var made []queued
	for _, to := range recipients {
		d := &draft{recipients: []string{to.Email}, begin: t.Begin, message: message{ID: newMessageID(e.now()), Sent: e.now().UTC(),
			Sender: t.Sender, TemplateID: t.TemplateID, Recipients: 1, To: 1, ReplyTo: t.ReplyTo, Task: id,
			SMTPID: string(appendRequestID(nil)) + "@" + domainOf(t.Sender)}}
		d.Subject, d.Data = t.content(to)
		d.chance = e.faults.Load().chances(*e.scenario.Load(), d.recipients)
		if reason, err := e.unwanted(tx, d.Sender, to.Email); err != nil {
			return nil, internalError(err)
		} else if reason != "" {
			d.chance = chances{events: []happening{{outcome: outcome{Type: "dropped", Reason: reason}}}}
		}
		q, err := e.store(tx, d)
		if err != nil {
			return nil, internalError(err)
		}
		made = append(made, q)
	}
	return made, nil
}

// unwanted returns why an email to a recipient is dropped, or "" if it is not. The reason
// is the error code, if the scenario has one for the recipient.
func (e *Emulator) unwanted(tx *state.Tx, sender, recipient string) (string, error) {
	if _, code := e.scenario.Load().of(recipient); code != "" {
		return code, nil
	}
	if blocked, err := isBlocked(tx, recipient, e.now()); err != nil || blocked {
		return reasonBlocked, err
	}
	if tx.Get(bucketUnsubscribed, unsubscribedKey(sender, recipient)) != nil {
		return reasonUnsubscribed, nil
	}
	return "", nil
}

// taskBegins marks a task as begun, when its first event happens.
func taskBegins(tx *state.Tx, id uint64, now time.Time) error {
	t, there, err := state.Load[task](tx, bucketTasks, state.Key(id))
	if err != nil || !there || t.Status != taskWaits {
		return err
	}
	t.Status, t.Updated = taskSends, now.Unix()
	return state.Save(tx, bucketTasks, state.Key(id), t)
}

// taskAdvances counts a message that has ended for its task. After the last message
// of a run, a cycle begins its next run.
func (e *Emulator) taskAdvances(tx *state.Tx, id uint64) (next []queued, err error) {
	t, there, err := state.Load[task](tx, bucketTasks, state.Key(id))
	if err != nil || !there {
		return nil, err
	}
	t.Sent, t.Updated = t.Sent+1, e.now().Unix()
	if t.Sent >= t.Request {
		t.Status = taskDone
		if t.Type == taskCycle && tx.Get(bucketReceivers, state.Key(t.Receiver)) != nil {
			t.Begin = t.Begin.Add(time.Duration(t.Hours) * time.Hour)
			var refused *apiError
			if next, refused = e.run(tx, id, &t); refused != nil {
				t.Status, t.Error = taskDone, refused.message
			}
		}
	}
	return next, errors.Join(state.Save(tx, bucketTasks, state.Key(id), t))
}
