package state

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"
)

// Tx is one transaction. A bucket that does not exist is treated as empty; the first
// Put creates it.
type Tx struct {
	bolt   *bbolt.Tx
	memory *tables
	counts map[string]int // numbers of keys that changed, until [Tx.storeCounts]
}

// bucketCounts holds the number of keys of each bucket, as eight bytes. A
// bucket of an older file has no entry before its first change.
const bucketCounts = "counts"

// fill is how full bbolt leaves a page that it splits. Most keys come in order.
const fill = 0.9

// Key returns the key of a number: eight bytes, in the order of the numbers.
func Key(id uint64) string { return string(binary.BigEndian.AppendUint64(nil, id)) }

// ID returns the number of a key that [Key] made; 0 for another key.
func ID(key string) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64([]byte(key))
}

// Get returns the value of a key, or nil if the key does not exist.
func (t *Tx) Get(bucket, key string) []byte {
	if t.memory != nil {
		return t.memory.get(bucket, key)
	}
	if b := t.bolt.Bucket([]byte(bucket)); b != nil {
		return b.Get([]byte(key))
	}
	return nil
}

// Put stores a value under a key, which must not be empty. The value must not be
// changed afterwards.
func (t *Tx) Put(bucket, key string, value []byte) error {
	if t.memory != nil {
		t.memory.put(bucket, key, value)
		return nil
	}
	b, err := t.bolt.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	if b.Get([]byte(key)) == nil {
		t.count(bucket, +1)
	}
	b.FillPercent = fill
	return b.Put([]byte(key), value)
}

// Delete removes a key. A key that does not exist is not an error.
func (t *Tx) Delete(bucket, key string) error {
	if t.memory != nil {
		t.memory.delete(bucket, key)
		return nil
	}
	b := t.bolt.Bucket([]byte(bucket))
	if b == nil || b.Get([]byte(key)) == nil {
		return nil
	}
	t.count(bucket, -1)
	return b.Delete([]byte(key))
}

// count adds by to the number of keys of a bucket. It must be called before the
// bucket is changed.
func (t *Tx) count(bucket string, by int) {
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.counts[bucket] = t.Count(bucket) + by
}

// storeCounts stores the numbers of keys that changed.
func (t *Tx) storeCounts() error {
	if len(t.counts) == 0 {
		return nil
	}
	counts, err := t.bolt.CreateBucketIfNotExists([]byte(bucketCounts))
	for bucket, n := range t.counts {
		if err == nil {
			err = counts.Put([]byte(bucket), []byte(Key(uint64(n))))
		}
	}
	return err
}

// Count returns the number of keys of a bucket.
func (t *Tx) Count(bucket string) int {
	if t.memory != nil {
		return t.memory.count(bucket)
	}
	if n, changed := t.counts[bucket]; changed {
		return n
	}
	if counts := t.bolt.Bucket([]byte(bucketCounts)); counts != nil {
		if known := counts.Get([]byte(bucket)); len(known) == 8 {
			return int(ID(string(known)))
		}
	}
	n := 0
	for range t.From(bucket, "") {
		n++
	}
	return n
}

// Next returns the next number of a bucket, from 1.
func (t *Tx) Next(bucket string) (uint64, error) {
	if t.memory != nil {
		t.memory.sequences[bucket]++
		return t.memory.sequences[bucket], nil
	}
	b, err := t.bolt.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return 0, err
	}
	// An older sesctl numbered keys without the bucket's own sequence.
	if last, _ := b.Cursor().Last(); len(last) == 8 && binary.BigEndian.Uint64(last) > b.Sequence() {
		if err := b.SetSequence(binary.BigEndian.Uint64(last)); err != nil {
			return 0, err
		}
	}
	return b.NextSequence()
}

// From returns the keys and values of a bucket in order, beginning with the first key
// that is at least from. The bucket must not be changed during the iteration.
func (t *Tx) From(bucket, from string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if t.memory != nil {
			if b := t.memory.bucket(bucket); b != nil {
				b.Ascend(from, yield)
			}
			return
		}
		b := t.bolt.Bucket([]byte(bucket))
		if b == nil {
			return
		}
		cursor := b.Cursor()
		for key, value := cursor.Seek([]byte(from)); key != nil; key, value = cursor.Next() {
			if !yield(string(key), value) {
				return
			}
		}
	}
}

// Backward returns the keys and values of a bucket from the last to the first. The
// bucket must not be changed during the iteration.
func (t *Tx) Backward(bucket string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if t.memory != nil {
			if b := t.memory.bucket(bucket); b != nil {
				b.Reverse(yield)
			}
			return
		}
		b := t.bolt.Bucket([]byte(bucket))
		if b == nil {
			return
		}
		cursor := b.Cursor()
		for key, value := cursor.Last(); key != nil; key, value = cursor.Prev() {
			if !yield(string(key), value) {
				return
			}
		}
	}
}

// Make creates an empty bucket, for which [Tx.Has] then returns true.
func (t *Tx) Make(bucket string) error {
	if t.memory != nil {
		return nil
	}
	_, err := t.bolt.CreateBucketIfNotExists([]byte(bucket))
	return err
}

// Has reports whether a bucket exists in a file. In memory it is always true.
func (t *Tx) Has(bucket string) bool { return t.memory != nil || t.bolt.Bucket([]byte(bucket)) != nil }

// Empty removes all keys of a bucket. [Tx.Next] continues with its numbers.
func (t *Tx) Empty(bucket string) error {
	last := t.Last(bucket)
	if err := t.Clear(bucket); err != nil || last == 0 {
		return err
	}
	if t.memory != nil {
		t.memory.sequences[bucket] = last
		return nil
	}
	b, err := t.bolt.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	return b.SetSequence(last)
}

// Clear removes a bucket with all its keys. [Tx.Next] begins again at 1.
func (t *Tx) Clear(bucket string) error {
	if t.memory != nil {
		t.memory.clear(bucket)
		return nil
	}
	delete(t.counts, bucket)
	if t.bolt.Bucket([]byte(bucket)) == nil {
		return nil
	}
	if counts := t.bolt.Bucket([]byte(bucketCounts)); counts != nil {
		if err := counts.Delete([]byte(bucket)); err != nil {
			return err
		}
	}
	return t.bolt.DeleteBucket([]byte(bucket))
}

// Load decodes the JSON value of a key. It reports whether the key exists.
func Load[T any](t *Tx, bucket, key string) (value T, there bool, err error) {
	encoded := t.Get(bucket, key)
	if encoded == nil {
		return value, false, nil
	}
	value, err = Decode[T](bucket, encoded)
	return value, err == nil, err
}

// Decode decodes a JSON value of a bucket.
func Decode[T any](bucket string, encoded []byte) (value T, err error) {
	if err := json.Unmarshal(encoded, &value); err != nil {
		return value, fmt.Errorf("it is damaged: an entry of %s cannot be read: %w", bucket, err)
	}
	return value, nil
}

// Save stores a value as JSON under a key.
func Save[T any](t *Tx, bucket, key string, value T) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return t.Put(bucket, key, encoded)
}

// Last returns the last number that [Tx.Next] returned for a bucket, or 0 if there is
// none.
func (t *Tx) Last(bucket string) uint64 {
	if t.memory != nil {
		return t.memory.sequences[bucket]
	}
	if b := t.bolt.Bucket([]byte(bucket)); b != nil {
		return b.Sequence()
	}
	return 0
}
