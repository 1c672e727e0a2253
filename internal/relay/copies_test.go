package relay

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestThreeCopies sends events to three copies in turn, which share nothing.
func TestThreeCopies(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	var copies []*running
	for range 3 {
		copies = append(copies, startRelay(t, Options{To: []EngineURL{n.url()}, Spool: t.TempDir()}))
	}
	const events = 600
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for i := next.Add(1); i <= events; i = next.Add(1) {
				for again := range int64(2) { // each event goes to two copies
					if status, err := tryPost(http.DefaultClient, copies[(i+again)%3].url, body(int(i))); err != nil || status != 200 {
						t.Errorf("event %d: %d, %v", i, status, err)
					}
				}
			}
		})
	}
	eventually(t, "a third of the events", func() bool { return next.Load() > events/3 })
	n.stop()
	time.Sleep(50 * time.Millisecond)
	n.start()
	senders.Wait()
	for _, c := range copies {
		eventually(t, "the spools are empty", func() bool {
			_, text := get(t, c.metrics+"/readyz")
			return strings.Contains(text, `"state":"up","spool_events":0`)
		})
	}
	present := map[string]bool{}
	all := stored(t, stream)
	for _, m := range all {
		present[string(m.Data)] = true
	}
	if len(present) != events || len(all) != events {
		t.Errorf("%d messages, %d different, want %d", len(all), len(present), events)
	}
}
