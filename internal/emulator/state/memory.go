package state

import (
	"maps"
	"slices"
	"sync"

	"github.com/tidwall/btree"
)

// tables are the buckets of a state in memory. Readers wait for the writer, so each of
// them sees the state at one moment.
type tables struct {
	lock      sync.RWMutex
	buckets   map[string]*tree
	sequences map[string]uint64
	undo      []undo // of the changes of the writer, oldest first
}

type tree = btree.Map[string, []byte]

// undo is how to take back one change.
type undo struct {
	name  string
	whole *tree // the bucket, if it was removed
	key   string
	value []byte
	there bool
}

func newTables() *tables {
	return &tables{buckets: map[string]*tree{}, sequences: map[string]uint64{}}
}

// view calls read while nothing changes.
func (t *tables) view(read func(*Tx) error) error {
	t.lock.RLock()
	defer t.lock.RUnlock()
	return read(&Tx{memory: t})
}

// update calls change while nobody reads. If change returns an error or panics, it
// takes back what change did.
func (t *tables) update(change func(*Tx) error) (err error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	sequences, changed := maps.Clone(t.sequences), false
	defer func() {
		if !changed {
			t.rollBack(sequences)
		}
		clear(t.undo)
		t.undo = t.undo[:0]
	}()
	if err := change(&Tx{memory: t}); err != nil {
		return err
	}
	changed = true
	return nil
}

func (t *tables) rollBack(sequences map[string]uint64) {
	t.sequences = sequences
	for _, u := range slices.Backward(t.undo) {
		switch {
		case u.whole != nil:
			t.buckets[u.name] = u.whole
		case u.there:
			t.buckets[u.name].Set(u.key, u.value)
		default:
			t.buckets[u.name].Delete(u.key)
		}
	}
}

// bucket returns a bucket for reading. A nil bucket is empty.
func (t *tables) bucket(name string) *tree { return t.buckets[name] }

func (t *tables) get(name, key string) []byte {
	if b := t.buckets[name]; b != nil {
		value, _ := b.Get(key)
		return value
	}
	return nil
}

func (t *tables) count(name string) int {
	if b := t.buckets[name]; b != nil {
		return b.Len()
	}
	return 0
}

func (t *tables) put(name, key string, value []byte) {
	b := t.buckets[name]
	if b == nil {
		b = &tree{}
		t.buckets[name] = b
	}
	old, there := b.Set(key, value)
	t.undo = append(t.undo, undo{name: name, key: key, value: old, there: there})
}

func (t *tables) delete(name, key string) {
	if b := t.buckets[name]; b != nil {
		if old, there := b.Delete(key); there {
			t.undo = append(t.undo, undo{name: name, key: key, value: old, there: true})
		}
	}
}

func (t *tables) clear(name string) {
	if b := t.buckets[name]; b != nil {
		t.undo = append(t.undo, undo{name: name, whole: b})
		delete(t.buckets, name)
	}
	delete(t.sequences, name)
}
