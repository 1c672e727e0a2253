package state

import (
	"maps"

	"github.com/tidwall/btree"
)

// tables are the buckets of a state in memory. A commit replaces the tables, and
// their trees are copied on write. So a reader sees the state of the moment when it
// began.
type tables struct {
	buckets   map[string]*btree.Map[string, []byte]
	sequences map[string]uint64
	own       map[string]struct{} // the buckets that were copied since clone
}

// degree is small, because every change copies the nodes from the root to the key.
const degree = 8

// clone returns a copy of the tables. Changes to the copy do not affect the original.
func (t *tables) clone() *tables {
	next := &tables{buckets: maps.Clone(t.buckets), sequences: maps.Clone(t.sequences), own: map[string]struct{}{}}
	if next.buckets == nil {
		next.buckets, next.sequences = map[string]*btree.Map[string, []byte]{}, map[string]uint64{}
	}
	return next
}

// bucket returns a bucket for reading.
func (t *tables) bucket(name string) *btree.Map[string, []byte] {
	if tree := t.buckets[name]; tree != nil {
		return tree
	}
	return btree.NewMap[string, []byte](degree)
}

// writable returns a bucket that can be changed.
func (t *tables) writable(name string) *btree.Map[string, []byte] {
	if _, own := t.own[name]; own {
		return t.buckets[name]
	}
	tree := t.bucket(name).Copy()
	t.buckets[name], t.own[name] = tree, struct{}{}
	return tree
}
