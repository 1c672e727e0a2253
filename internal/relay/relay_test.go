package relay

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

func TestEventsReachTheStream(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	payload := `{"event":"bounce", "email":"jane@example.com","timestamp":1654064683,"username":"251200670","bounceType":"hard"}`
	for range 3 {
		if status := post(t, r.url, payload); status != http.StatusOK {
			t.Fatalf("answered %d", status)
		}
	}
	all := stored(t, stream)
	if len(all) != 1 {
		t.Fatalf("%d messages, want the duplicates to be dropped", len(all))
	}
	if string(all[0].Data) != payload {
		t.Errorf("the body is %s", all[0].Data)
	}
	for name, want := range map[string]string{
		"ce-specversion": "1.0", "ce-type": "com.tencent.ses.bounce", "ce-source": "urn:tencentcloud:ses:251200670",
		"ce-time": "2022-06-01T06:24:43Z", "ce-subject": "jane@example.com", "content-type": "application/json",
		"ce-id": contentID([]byte(payload)), "Nats-Msg-Id": contentID([]byte(payload)),
	} {
		if got := all[0].Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	_, metrics := get(t, r.metrics+"/metrics")
	for _, want := range []string{`sesctl_relay_requests_total{answer="200",type="bounce"} 3`, `sesctl_relay_duplicates_total{engine="nats-ses.events"} 2`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
}

// TestRefusals checks that bodies that are not events, and other paths, are refused.
func TestRefusals(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	base := strings.TrimSuffix(r.url, testPath)
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{testPath, `{"event":"open"}`, 200},
		{testPath, `{"event":"never seen before","x":{"y":[1]}}`, 200},
		{testPath, `{"event":"open","timestamp":"soon","email":7}`, 200}, // a field of another type is not a reason
		{testPath, "{\"event\":\"open\",\"reason\":\"\xff\"}", 200},
		{testPath, ``, 400},
		{testPath, `[]`, 400},
		{testPath, `{"event":""}`, 400},
		{testPath, `{"email":"jane@example.com"}`, 400},
		{testPath, `{"event":"open"`, 400},
		{testPath, `{"event":"open","x":"` + strings.Repeat("x", maxBody) + `"}`, 413},
		{testPath + "/", `{"event":"open"}`, 404},
		{testPath + "0", `{"event":"open"}`, 404},
		{"/" + testPath, `{"event":"open"}`, 404},
		{"/ses/", `{"event":"open"}`, 404},
		{"/", `{"event":"open"}`, 404},
		{"/metrics", `{"event":"open"}`, 404},
		{strings.ToUpper(testPath), `{"event":"open"}`, 404},
		{testPath + "?x=1", `{"event":"open"}`, 200},
	} {
		if got := post(t, base+c.path, c.body); got != c.want {
			t.Errorf("%s %.40s: answered %d, want %d", c.path, c.body, got, c.want)
		}
	}
	if status, _ := get(t, r.url); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", status)
	}
	if status, _ := get(t, base+"/ses/wrong"); status != http.StatusNotFound {
		t.Errorf("GET at another path: %d", status)
	}
	if log := r.log.String(); strings.Contains(log, testPath) || strings.Contains(log, "0123456789abcdef") || strings.Contains(log, "://") {
		t.Errorf("the log holds a secret:\n%s", log)
	}
}

// TestNoSpool checks that without a spool events are refused while the engine is
// away, and the relay is not ready. When the engine is back, events are accepted
// again.
func TestNoSpool(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	if status := post(t, r.url, body(1)); status != 200 {
		t.Fatalf("answered %d", status)
	}
	n.stop()
	eventually(t, "an event is refused", func() bool { return post(t, r.url, body(2)) == 503 })
	eventually(t, "not ready", func() bool { status, _ := get(t, r.metrics+"/readyz"); return status == 503 })
	if status, text := get(t, r.metrics+"/healthz"); status != 200 || text != "ok\n" {
		t.Errorf("healthz: %d %s", status, text)
	}
	n.start()
	eventually(t, "ready", func() bool { status, _ := get(t, r.metrics+"/readyz"); return status == 200 })
	eventually(t, "an event is taken", func() bool { return post(t, r.url, body(3)) == 200 })
	if all := stored(t, stream); len(all) < 2 {
		t.Errorf("%d messages", len(all))
	}
}

// TestSpoolFollowsInOrder checks that with a spool events are accepted while the
// engine is away. They are sent in order later, also after a restart of the relay.
func TestSpoolFollowsInOrder(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	o := Options{To: []EngineURL{n.url()}, Spool: t.TempDir(), Shutdown: time.Second}
	r := startRelay(t, o)
	next := 0
	send := func(count int) {
		for range count {
			if status := post(t, r.url, body(next)); status != 200 {
				t.Fatalf("event %d: answered %d\n%s", next, status, r.log)
			}
			next++
		}
	}
	send(20)
	n.stop()
	send(100)
	status, text := get(t, r.metrics+"/readyz")
	if status != 200 || !strings.Contains(text, `"state":"spooling"`) {
		t.Errorf("readyz: %d %s", status, text)
	}
	if _, metrics := get(t, r.metrics+"/metrics"); !strings.Contains(metrics, `sesctl_relay_spool_events{engine="nats-ses.events"} 100`) {
		t.Errorf("the spool is not in the metrics:\n%s", metrics)
	}
	if err := r.stop(); err != nil { // the engine is away, so the events stay in the spool
		t.Fatal(err)
	}
	r = startRelay(t, o)
	send(50)
	n.start()
	eventually(t, "the spool is empty", func() bool {
		_, text := get(t, r.metrics+"/readyz")
		return strings.Contains(text, `"state":"up","spool_events":0`)
	})
	send(20)
	all := stored(t, stream)
	if len(all) != next {
		t.Errorf("%d messages, want %d", len(all), next)
	}
	for i, m := range all {
		if string(m.Data) != body(i) {
			t.Fatalf("message %d is %s", i, m.Data)
		}
	}
}

func TestSpoolFull(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}, Spool: t.TempDir(), SpoolMax: 3 << 20})
	n.stop()
	large := func(i int) string {
		return fmt.Sprintf(`{"event":"open","email":"%d","x":"%s"}`, i, strings.Repeat("x", 1<<19))
	}
	taken, refused := 0, 0
	for i := range 12 {
		switch status := post(t, r.url, large(i)); status {
		case 200:
			taken++
		case 503:
			refused++
		default:
			t.Fatalf("answered %d", status)
		}
	}
	if taken == 0 || refused == 0 {
		t.Fatalf("%d taken, %d refused\n%s", taken, refused, r.log)
	}
	if status, _ := get(t, r.metrics+"/readyz"); status != 503 {
		t.Errorf("ready with a spool that is full: %d", status)
	}
	n.start()
	eventually(t, "the spool is empty", func() bool { return uint64(len(stored(t, stream))) == uint64(taken) })
	eventually(t, "room again", func() bool { return post(t, r.url, large(100)) == 200 })
}

// TestRefusedByTheEngine checks that a body that an engine will never accept goes to
// the dead letters, and does not block other events.
func TestRefusedByTheEngine(t *testing.T) {
	t.Parallel()
	n := startNATS(t, func(o *server.Options) { o.MaxPayload = 64 << 10 })
	stream := n.stream()
	large := fmt.Sprintf(`{"event":"open","x":"%s"}`, strings.Repeat("x", 100<<10))
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	if status := post(t, r.url, large); status != 413 {
		t.Errorf("too large for the engine: answered %d", status)
	}
	if status := post(t, r.url, body(1)); status != 200 || len(stored(t, stream)) != 1 {
		t.Errorf("after it: answered %d", status)
	}

	roomy := startNATS(t)
	dead := roomy.stream("ses.dead")
	letters := natsURL(t, roomy.port, "ses.dead")
	spool := t.TempDir()
	r = startRelay(t, Options{To: []EngineURL{n.url()}, DeadLetter: &letters, Spool: spool})
	if status := post(t, r.url, large); status != 200 {
		t.Errorf("with dead letters: answered %d", status)
	}
	if status := post(t, r.url, "no event"); status != 200 {
		t.Errorf("with dead letters: answered %d", status)
	}
	n.stop()
	if status := post(t, r.url, strings.Replace(large, "open", "click", 1)); status != 200 {
		t.Errorf("into the spool: answered %d", status)
	}
	if status := post(t, r.url, body(2)); status != 200 {
		t.Errorf("into the spool: answered %d", status)
	}
	n.start(func(o *server.Options) { o.MaxPayload = 64 << 10 })
	eventually(t, "the small one follows", func() bool { return len(stored(t, stream)) == 2 })
	eventually(t, "three dead letters", func() bool { return len(stored(t, dead)) == 3 })
	for i, m := range stored(t, dead) {
		if m.Header.Get("ce-reason") == "" && len(m.Header["ce-reason"]) == 0 || m.Header["ce-type"][0] != "com.tencent.ses.dead-letter" {
			t.Errorf("dead letter %d has the headers %v", i, m.Header)
		}
	}
}
