package journal

import (
	"testing"
)

// BenchmarkBeginEnd measures the entry and the end of one change, with eight
// changes at a time as apply makes them.
func BenchmarkBeginEnd(b *testing.B) {
	j := newJournal(b)
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			end(b, j, begin(b, j, sample), Done)
		}
	})
}
