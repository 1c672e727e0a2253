package emulator

import "github.com/sesctl/sesctl/internal/emulator/state"

// Resume starts the deliveries that an earlier process left in the state file. An
// emulator that accepts an email resumes by itself. An emulator that is only read
// delivers nothing.
func (e *Emulator) Resume() error {
	e.resuming.Do(func() { e.resumed = e.resume() })
	return e.resumed
}

func (e *Emulator) resume() error {
	var left []queued
	read := func(tx *state.Tx) error {
		for _, encoded := range tx.From(bucketQueue, "") {
			q, err := state.Decode[queued](bucketQueue, encoded)
			if err != nil {
				return err
			}
			left = append(left, q)
		}
		return nil
	}
	migrated := false
	err := e.state.View(func(tx *state.Tx) error {
		migrated = tx.Get(state.BucketMeta, keyMigrated) != nil
		return nil
	})
	if err == nil && !migrated {
		err = e.state.Update(migrate)
	}
	if err == nil {
		err = e.state.View(read)
	}
	if err != nil {
		return e.unreadable(err)
	}
	for _, q := range left {
		e.handOver(q)
	}
	return nil
}

// migrate puts the pending deliveries of an older sesctl into the queue. The
// deliveries of one message have consecutive numbers.
func migrate(tx *state.Tx) error {
	var all []queued
	last := ""
	for key, encoded := range tx.From(bucketDeliveries, "") {
		r, err := readRecord(key, encoded)
		if err != nil {
			return err
		}
		if r.Status != DeliveryPending {
			last = ""
			continue
		}
		if r.MessageID != last {
			all = append(all, queued{Sender: r.Sender, First: r.ID, Due: r.Time})
		}
		last = r.MessageID
		all[len(all)-1].Last = r.ID
		all[len(all)-1].Bytes += len(encoded)
	}
	for _, q := range all {
		if err := enqueue(tx, q); err != nil {
			return err
		}
	}
	return tx.Put(state.BucketMeta, keyMigrated, []byte("1"))
}
