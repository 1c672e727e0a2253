package emulator

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// Delivery is one event, and what became of it. The names in JSON are those of
// the state file and of [DeliveriesPath].
type Delivery struct {
	ID        uint64         `json:"id"` // from 1, in the order in which the events happened
	Time      time.Time      `json:"time"`
	Type      event.Type     `json:"type"`
	MessageID string         `json:"message_id"`
	Sender    string         `json:"sender"`
	Recipient string         `json:"recipient"`
	Duplicate bool           `json:"duplicate,omitempty"` // made by a fault
	Status    DeliveryStatus `json:"status"`
	// Reason says why it was skipped or failed.
	Reason string `json:"reason,omitempty"`
	// URL is where the last attempt went, or the next would have gone; "" where
	// it has not been looked up, or there was no callback.
	URL      string    `json:"url"`
	Attempts []Attempt `json:"attempts"`
	// Event is the body that is POSTed.
	Event json.RawMessage `json:"event"`

	gone bool // dropped from the log
}

// DeliveryStatus is how far a delivery has come.
type DeliveryStatus string

// The statuses.
const (
	DeliveryPending  DeliveryStatus = "pending"  // it is, or will be, attempted
	DeliveryAccepted DeliveryStatus = "accepted" // the callback answered 2xx
	DeliveryFailed   DeliveryStatus = "failed"   // every attempt was in vain
	DeliverySkipped  DeliveryStatus = "skipped"  // there is no callback, or it must not be called
)

// Attempt is one POST of an event.
type Attempt struct {
	Time   time.Time `json:"time"`
	URL    string    `json:"url"`
	Status int       `json:"status,omitempty"` // 0 where there was no answer
	Error  string    `json:"error,omitempty"`  // "" where the answer was 2xx
}

// defaultKeep is how many deliveries are kept; at about a kilobyte each.
const defaultKeep = 10_000

// deliveryLog holds the newest deliveries by id. It guards what they hold, but
// for the fields that never change: ID, Sender and Event.
type deliveryLog struct {
	mu      sync.Mutex
	keep    int
	next    uint64
	records []*Delivery
	loaded  bool
	resumed bool

	dirty    map[uint64]*Delivery // changed, and not yet in the file
	flushing bool
	flushes  sync.WaitGroup
	failed   error // the first that kept a result from the file
}

// load takes over what the file holds.
func (l *deliveryLog) load(records []*Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records, l.loaded, l.next = records, true, 1
	if n := len(records); n > 0 {
		l.next = records[n-1].ID + 1
	}
}

// number gives records their ids, and returns those that have to make room.
// Nothing is changed until they are added.
func (l *deliveryLog) number(records []*Delivery) (drop []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range records {
		r.ID = l.next + uint64(i)
	}
	over := min(len(l.records)+len(records)-l.keep, len(l.records))
	for i := range max(over, 0) {
		drop = append(drop, l.records[i].ID)
	}
	return drop
}

func (l *deliveryLog) add(records []*Delivery, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range l.records[:dropped] {
		r.gone = true
		delete(l.dirty, r.ID)
		l.records[i] = nil
	}
	l.records = append(l.records[dropped:], records...)
	l.next += uint64(len(records))
}

// pending returns the deliveries that an earlier process left, once.
func (l *deliveryLog) pending() []*Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resumed {
		return nil
	}
	l.resumed = true
	return slices.DeleteFunc(slices.Clone(l.records), func(r *Delivery) bool { return r.Status != DeliveryPending })
}

// snapshot returns copies of the deliveries, and how many older ones were
// dropped.
func (l *deliveryLog) snapshot() (all []Delivery, dropped uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all = make([]Delivery, len(l.records))
	for i, r := range l.records {
		all[i] = *r
		all[i].Attempts = slices.Clone(r.Attempts)
	}
	return all, l.next - 1 - uint64(len(all))
}

// loadDeliveries reads the deliveries of the state file where that was not done
// yet: most commands have no use for them. The caller holds e.writing.
func (e *Emulator) loadDeliveries() error {
	e.log.mu.Lock()
	loaded := e.log.loaded
	e.log.mu.Unlock()
	if loaded {
		return nil
	}
	var records []*Delivery
	if e.file != nil {
		var err error
		if records, err = e.file.deliveries(); err != nil {
			return err
		}
	}
	e.log.load(records)
	return nil
}

// record keeps new deliveries: on disk first. The caller holds e.writing.
func (e *Emulator) record(records []*Delivery) error {
	drop := e.log.number(records)
	if e.file != nil {
		entries := make([]deliveryEntry, len(records))
		for i, r := range records {
			encoded, err := json.Marshal(r)
			if err != nil {
				return err
			}
			entries[i] = deliveryEntry{r.ID, encoded}
		}
		if err := e.file.writeDeliveries(entries, drop); err != nil {
			return err
		}
	}
	e.log.add(records, len(drop))
	return nil
}

// update changes a delivery, and sees to it that the file learns of it. It does
// not wait for the disk: an attempt that the file does not know is repeated
// after a crash.
func (e *Emulator) update(r *Delivery, change func(*Delivery)) {
	l := &e.log
	l.mu.Lock()
	defer l.mu.Unlock()
	change(r)
	if e.file == nil || r.gone {
		return
	}
	l.dirty[r.ID] = r
	if !l.flushing {
		l.flushing = true
		l.flushes.Go(e.flush)
	}
}

// flush writes what has changed, in one step what came together meanwhile,
// until there is nothing left.
func (e *Emulator) flush() {
	l := &e.log
	for {
		l.mu.Lock()
		entries := make([]deliveryEntry, 0, len(l.dirty))
		for id, r := range l.dirty {
			encoded, err := json.Marshal(r)
			if err != nil {
				l.failed = err
				continue
			}
			entries = append(entries, deliveryEntry{id, encoded})
		}
		clear(l.dirty)
		if len(entries) == 0 {
			l.flushing = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()

		e.writing.Lock()
		err := e.file.writeDeliveries(e.log.kept(entries), nil)
		e.writing.Unlock()
		if err != nil {
			l.mu.Lock()
			if l.failed == nil {
				l.failed = err
			}
			l.mu.Unlock()
		}
	}
}

// kept takes out the entries that were dropped since they were encoded. The
// caller holds e.writing, so that no more are.
func (l *deliveryLog) kept(entries []deliveryEntry) []deliveryEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(entries, func(entry deliveryEntry) bool {
		return len(l.records) == 0 || entry.id < l.records[0].ID
	})
}
