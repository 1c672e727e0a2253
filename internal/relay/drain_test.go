package relay

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// TestEndDrains checks that events in flight are answered when the program must stop,
// and that no new events are accepted.
func TestEndDrains(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	var confirmed atomic.Int64
	var senders sync.WaitGroup
	for sender := range 8 {
		senders.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for i := 0; ; i++ {
				status, err := tryPost(client, r.url, body(sender*1_000_000+i))
				if err != nil {
					return
				}
				if status == 200 {
					confirmed.Add(1)
				}
			}
		})
	}
	eventually(t, "events", func() bool { return confirmed.Load() > 200 })
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	senders.Wait()
	if got := int64(len(stored(t, stream))); got < confirmed.Load() {
		t.Errorf("%d were answered 200, %d are in the stream", confirmed.Load(), got)
	}
}
