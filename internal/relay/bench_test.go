package relay

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkReceive measures how long an event takes, without the network of the
// client.
func BenchmarkReceive(b *testing.B) {
	n := startNATS(b)
	n.stream()
	r := &relay{options: Options{To: []EngineURL{n.url()}, Paths: []string{testPath}}.withDefaults(), log: NewLog(b.Output(), slog.LevelError, nil), metrics: newMetrics()}
	if err := r.addOutlet(n.url()); err != nil {
		b.Fatal(err)
	}
	defer r.close()
	receiver := r.newReceiver()
	r.outlets[0].start()
	var next atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			text := fmt.Sprintf(`{"event":"bounce","email":"example@example.com","bulkId":"qcloudses-30-251200670-date-20220601142439-%d","timestamp":1654064683,"reason":"551 5.1.1 recipient is not exist","bounceType":"hard_bounce","username":"251200670","from":"test@fromexample.com","fromDomain":"fromexample.com","templateId":123456,"subject":"example subject","messageId":"ea2783c1-7704-48a8-af36-2b9e83e767ec@fromexample.com","sentTimestamp":1761555487,"X-Tencentcloudses-Cb-Custom":"ses callback"}`, next.Add(1))
			w := httptest.NewRecorder()
			receiver.ServeHTTP(w, httptest.NewRequest(http.MethodPost, testPath, strings.NewReader(text)))
			if w.Code != 200 {
				b.Fatalf("answered %d", w.Code)
			}
		}
	})
}
