package state

import (
	"maps"

	"github.com/tidwall/btree"
)

// tables are the buckets of a state in memory. A commit replaces all of them, so
// that a reader keeps the moment that it began with: the trees are copied on
// write.
type tables struct {
	buckets   map[string]*btree.Map[string, []byte]
	sequences map[string]uint64
}

// clone returns tables that can be changed without the original.
func (t *tables) clone() *tables {
	next := &tables{buckets: make(map[string]*btree.Map[string, []byte], len(t.buckets)), sequences: maps.Clone(t.sequences)}
	if next.sequences == nil {
		next.sequences = map[string]uint64{}
	}
	for name, tree := range t.buckets {
		next.buckets[name] = tree.Copy()
	}
	return next
}

func (t *tables) bucket(name string) *btree.Map[string, []byte] {
	if tree := t.buckets[name]; tree != nil {
		return tree
	}
	return new(btree.Map[string, []byte])
}
