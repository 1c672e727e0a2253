package webhook

import (
	"math/bits"
	"time"
)

// Summary sums up what was sent.
type Summary struct {
	Sent     int            `json:"sent"`             // messages that were sent to the receiver
	Unsent   int            `json:"unsent,omitempty"` // messages that a proxy did not pass on
	Failed   int            `json:"failed"`           // of both
	Statuses map[int]int    `json:"statuses"`         // how many answers had a status
	Failures map[string]int `json:"failures"`         // how many messages failed for a reason
	Elapsed  time.Duration  `json:"-"`
	Rate     float64        `json:"rate"` // messages a second
	Latency  Latency        `json:"latency_ms"`
}

// Accepted returns how many messages were sent and did not fail.
func (s Summary) Accepted() int { return s.Sent + s.Unsent - s.Failed }

// Tried returns how many messages were sent, or were not passed on by a proxy.
func (s Summary) Tried() int { return s.Sent + s.Unsent }

// Latency is the distribution of the time until an answer, in milliseconds, of
// the messages that were answered. The percentiles are at most 1.6 % too high.
type Latency struct {
	Min float64 `json:"min"`
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// maxReasons bounds the reasons that are counted apart in a long run.
const maxReasons = 100

type tally struct {
	start     time.Time
	sum       Summary
	latencies histogram
}

func newTally() *tally {
	return &tally{start: time.Now(), sum: Summary{Statuses: map[int]int{}, Failures: map[string]int{}}}
}

func (t *tally) add(o Outcome) {
	if o.unsent() {
		t.sum.Unsent++
	} else {
		t.sum.Sent++
	}
	if o.Status != 0 {
		t.sum.Statuses[o.Status]++
		t.latencies.add(o.Latency)
	}
	if o.Err == nil {
		return
	}
	t.sum.Failed++
	why := o.Err.Error()
	if _, known := t.sum.Failures[why]; !known && len(t.sum.Failures) >= maxReasons {
		why = "other reasons"
	}
	t.sum.Failures[why]++
}

func (t *tally) summary() Summary {
	sum := t.sum
	sum.Elapsed = time.Since(t.start)
	if seconds := sum.Elapsed.Seconds(); seconds > 0 {
		sum.Rate = float64(sum.Sent) / seconds
	}
	sum.Latency = Latency{
		Min: milliseconds(t.latencies.min), P50: t.latencies.quantile(0.50), P90: t.latencies.quantile(0.90),
		P99: t.latencies.quantile(0.99), Max: milliseconds(t.latencies.max),
	}
	return sum
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// histogram counts durations in microseconds, in steps of 1/64 of their size:
// its own size does not depend on how many there are.
type histogram struct {
	counts   [64 * 64]int
	total    int
	min, max time.Duration
}

const stepBits = 6

func bucket(us uint64) int {
	if us < 1<<stepBits {
		return int(us)
	}
	shift := bits.Len64(us) - stepBits - 1
	return (shift+1)<<stepBits + int(us>>shift) - 1<<stepBits
}

// upper returns the largest value that falls into a bucket.
func upper(bucket int) uint64 {
	if bucket < 1<<stepBits {
		return uint64(bucket)
	}
	shift := bucket>>stepBits - 1
	return (uint64(bucket&(1<<stepBits-1)+1<<stepBits)+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	if h.total == 0 || d < h.min {
		h.min = d
	}
	h.max = max(h.max, d)
	h.counts[bucket(uint64(d.Microseconds()))]++
	h.total++
}

// quantile returns the duration, in milliseconds, that a share of all does not
// exceed.
func (h *histogram) quantile(share float64) float64 {
	rank := int(share*float64(h.total) + 0.999999)
	for i, count := range h.counts {
		if rank -= count; rank <= 0 && h.total > 0 {
			return min(float64(upper(i))/1000, milliseconds(h.max))
		}
	}
	return 0
}
