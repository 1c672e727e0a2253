package relay

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const testTopic = "ses-events"

func startKafka(t *testing.T) (*kfake.Cluster, EngineURL) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, testTopic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster, parsed(t, "kafka://"+strings.Join(cluster.ListenAddrs(), ",")+"/"+testTopic)
}

// records reads the first records of the topic.
func records(t *testing.T, u EngineURL, count int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(u.Hosts...), kgo.ConsumeTopics(u.Subject), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all []*kgo.Record
	for len(all) < count {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%d of %d records came: %v", len(all), count, fetches.Err())
		}
		all = append(all, fetches.Records()...)
	}
	return all
}

func TestKafka(t *testing.T) {
	t.Parallel()
	cluster, u := startKafka(t)
	asked := make(chan kmsg.ProduceRequest, 100)
	cluster.ControlKey(0, func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		select {
		case asked <- *request.(*kmsg.ProduceRequest):
		default:
		}
		return nil, nil, false
	})
	r := startRelay(t, Options{To: []EngineURL{u}})
	for i := range 30 {
		if status := post(t, r.url, body(i%10)); status != 200 {
			t.Fatalf("answered %d", status)
		}
	}
	if request := <-asked; request.Acks != -1 {
		t.Errorf("acks %d, want all replicas", request.Acks)
	}
	partitionOf := map[string]int32{}
	for _, record := range records(t, u, 30) {
		key := string(record.Key)
		if !strings.HasPrefix(key, "jane") {
			t.Fatalf("the key is %q", key)
		}
		if at, seen := partitionOf[key]; seen && at != record.Partition {
			t.Errorf("%s is in partitions %d and %d", key, at, record.Partition)
		}
		partitionOf[key] = record.Partition
		if record.ProducerID < 0 {
			t.Error("the producer is not idempotent")
		}
		headers := map[string]string{}
		for _, h := range record.Headers {
			headers[h.Key] = string(h.Value)
		}
		for _, prefix := range []string{"ce-", "ce_"} {
			if headers[prefix+"id"] != contentID(record.Value) || headers[prefix+"type"] != "com.tencent.ses.open" || headers[prefix+"subject"] != key {
				t.Errorf("the headers are %v", headers)
			}
		}
	}
}

// TestKafkaAway checks that events go to the spool while the brokers are away, and
// follow later in order for each recipient. No event is lost, and each has at most
// one duplicate.
func TestKafkaAway(t *testing.T) {
	t.Parallel()
	cluster, u := startKafka(t)
	r := startRelay(t, Options{To: []EngineURL{u}, Spool: t.TempDir(), Engine: EngineOptions{Timeout: 200 * time.Millisecond}})
	failing := make(chan struct{})
	cluster.ControlKey(0, func(kmsg.Request) (kmsg.Response, error, bool) {
		select {
		case <-failing:
			return nil, nil, false
		default:
			cluster.KeepControl()
			return nil, fmt.Errorf("away"), true // the connection is closed
		}
	})
	for i := range 40 {
		if status := post(t, r.url, fmt.Sprintf(`{"event":"open","email":"jane@example.com","bulkId":"%d"}`, i)); status != 200 {
			t.Fatalf("answered %d", status)
		}
	}
	if _, text := get(t, r.metrics+"/readyz"); !strings.Contains(text, `"state":"spooling"`) {
		t.Errorf("readyz: %s", text)
	}
	close(failing)
	eventually(t, "the spool is empty", func() bool {
		_, text := get(t, r.metrics+"/readyz")
		return strings.Contains(text, `"state":"up","spool_events":0`)
	})
	var order []string
	for _, record := range records(t, u, 40) {
		if !slices.Contains(order, string(record.Value)) {
			order = append(order, string(record.Value))
		}
	}
	for i := range 40 {
		if want := fmt.Sprintf(`"bulkId":"%d"}`, i); i >= len(order) || !strings.HasSuffix(order[i], want) {
			t.Fatalf("record %d is not the one of %s: %v", i, want, order)
		}
	}
}

func TestKafkaRefusesALargeEvent(t *testing.T) {
	t.Parallel()
	_, u := startKafka(t)
	r := startRelay(t, Options{To: []EngineURL{u}})
	if status := post(t, r.url, fmt.Sprintf(`{"event":"open","x":"%s"}`, strings.Repeat("x", maxBody-100))); status != 413 {
		t.Errorf("answered %d", status)
	}
	if status := post(t, r.url, body(1)); status != 200 {
		t.Errorf("after it: answered %d", status)
	}
}

// TestRealKafka uses a real broker if SESCTL_TEST_KAFKA=kafka://HOST:9092/TOPIC is
// set.
func TestRealKafka(t *testing.T) {
	t.Parallel()
	raw := os.Getenv("SESCTL_TEST_KAFKA")
	if raw == "" {
		t.Skip("SESCTL_TEST_KAFKA is not set")
	}
	u := parsed(t, raw)
	r := startRelay(t, Options{To: []EngineURL{u}, Spool: t.TempDir()})
	mark := fmt.Sprint(time.Now().UnixNano())
	for i := range 100 {
		if status := post(t, r.url, fmt.Sprintf(`{"event":"open","email":"%d@example.com","bulkId":"%s-%d"}`, i, mark, i)); status != 200 {
			t.Fatalf("answered %d\n%s", status, r.log)
		}
	}
	found := map[string]bool{}
	for seen := 100; len(found) < 100; seen += 100 {
		for _, record := range records(t, u, seen) {
			if strings.Contains(string(record.Value), mark) {
				found[string(record.Value)] = true
			}
		}
	}
}
