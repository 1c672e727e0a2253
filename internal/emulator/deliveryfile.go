package emulator

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/sesctl/sesctl/internal/failure"
)

// Bucket "deliveries" maps ids, as eight bytes in big-endian order, to deliveries
// in JSON. It is made with the first of them: a state file of an older sesctl
// has none.
const bucketDeliveries = "deliveries"

type deliveryEntry struct {
	id      uint64
	encoded []byte
}

func deliveryKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// deliveries reads all deliveries, by id.
func (f *stateFile) deliveries() ([]*Delivery, error) {
	if f.db == nil {
		return nil, errClosed
	}
	var records []*Delivery
	err := guard(func() error {
		return f.db.View(func(tx *bbolt.Tx) error {
			bucket := tx.Bucket([]byte(bucketDeliveries))
			if bucket == nil {
				return nil
			}
			return bucket.ForEach(func(key, encoded []byte) error {
				var r Delivery
				if err := json.Unmarshal(encoded, &r); err != nil || len(key) != 8 || binary.BigEndian.Uint64(key) != r.ID {
					return errors.New("it is damaged: a delivery cannot be read")
				}
				records = append(records, &r)
				return nil
			})
		})
	})
	if err != nil {
		return nil, failure.New(failure.Failure, "the deliveries in the state file %s cannot be read: %w", f.path, bare(err)).
			WithHint("name another state file, or empty this one with \"sesctl emulator reset\"")
	}
	return records, nil
}

// writeDeliveries writes entries and removes others, in one step.
func (f *stateFile) writeDeliveries(entries []deliveryEntry, drop []uint64) error {
	if f.db == nil {
		return errClosed
	}
	err := guard(func() error {
		return f.db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte(bucketDeliveries))
			if err != nil {
				return err
			}
			for _, id := range drop {
				if err := bucket.Delete(deliveryKey(id)); err != nil {
					return err
				}
			}
			for _, entry := range entries {
				if err := bucket.Put(deliveryKey(entry.id), entry.encoded); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("the state file cannot be written: %w", bare(err))
	}
	return nil
}
