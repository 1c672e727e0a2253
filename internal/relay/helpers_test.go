package relay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	testPath    = "/ses/0123456789abcdef"
	testSubject = "ses.events"
)

// natsServer is a real NATS server in this process.
type natsServer struct {
	t      testing.TB
	folder string
	port   int
	server *server.Server
}

func startNATS(t testing.TB, change ...func(*server.Options)) *natsServer {
	t.Helper()
	n := &natsServer{t: t, folder: t.TempDir(), port: -1}
	n.start(change...)
	t.Cleanup(n.stop)
	return n
}

func (n *natsServer) start(change ...func(*server.Options)) {
	n.t.Helper()
	options := natsOptions(n.folder, n.port)
	for _, c := range change {
		c(options)
	}
	var err error
	if n.server, err = server.NewServer(options); err != nil {
		n.t.Fatal(err)
	}
	n.server.Start()
	if !n.server.ReadyForConnections(30 * time.Second) {
		n.t.Fatal("the NATS server does not start")
	}
	n.port = n.server.Addr().(*net.TCPAddr).Port
}

func (n *natsServer) stop() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
}

func (n *natsServer) url() EngineURL { return natsURL(n.t, n.port, testSubject) }

func natsURL(t testing.TB, port int, subject string) EngineURL {
	t.Helper()
	return parsed(t, fmt.Sprintf("nats://127.0.0.1:%d/%s", port, subject))
}

func parsed(t testing.TB, raw string) EngineURL {
	t.Helper()
	u, err := ParseEngine(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func natsOptions(folder string, port int) *server.Options {
	return &server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: folder, NoLog: true, NoSigs: true, DontListen: false, MaxPayload: 4 << 20}
}

// stream creates the stream for a test.
func (n *natsServer) stream(subjects ...string) jetstream.Stream {
	n.t.Helper()
	if len(subjects) == 0 {
		subjects = []string{testSubject}
	}
	return createStream(n.t, n.port, subjects...)
}

func createStream(t testing.TB, port int, subjects ...string) jetstream.Stream {
	t.Helper()
	conn, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", port), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "SES", Subjects: subjects, Storage: jetstream.FileStorage, Duplicates: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// stored returns the messages of a stream, in order.
func stored(t testing.TB, stream jetstream.Stream) []*jetstream.RawStreamMsg {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	info, err := stream.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if info.State.Msgs == 0 {
		return nil
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var all []*jetstream.RawStreamMsg
	for uint64(len(all)) < info.State.Msgs {
		batch, err := consumer.Fetch(int(min(info.State.Msgs-uint64(len(all)), 2000)), jetstream.FetchMaxWait(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		before := len(all)
		for msg := range batch.Messages() {
			all = append(all, &jetstream.RawStreamMsg{Subject: msg.Subject(), Header: msg.Headers(), Data: msg.Data()})
		}
		if len(all) == before {
			t.Fatalf("the stream gives %d of %d messages: %v", len(all), info.State.Msgs, batch.Error())
		}
	}
	return all
}

// running is a relay in this process.
type running struct {
	url, metrics string
	log          *syncBuffer
	stop         func() error
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func startRelay(t testing.TB, o Options) *running {
	t.Helper()
	r := &running{log: new(syncBuffer)}
	listening := make(chan [2]string, 1)
	o.Listen = "127.0.0.1:0"
	o.Metrics = "127.0.0.1:0"
	if o.Paths == nil {
		o.Paths = []string{testPath}
	}
	o.Log = NewLog(r.log, slog.LevelDebug, o.Secrets())
	o.Listening = func(events, metrics string) { listening <- [2]string{events, metrics} }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, o) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the relay ended with %v\n%s", err, r.log)
		}
		if t.Failed() {
			t.Log(r.log.String())
		}
	})
	select {
	case addresses := <-listening:
		scheme := "http://"
		if o.TLSCert != "" {
			scheme = "https://"
		}
		r.url, r.metrics = scheme+addresses[0]+testPath, "http://"+addresses[1]
	case err := <-ended:
		ended <- nil
		t.Fatalf("the relay does not start: %v\n%s", err, r.log)
	}
	return r
}

func post(t testing.TB, url, body string) int {
	t.Helper()
	status, err := tryPost(http.DefaultClient, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func tryPost(client *http.Client, url, body string) (int, error) {
	response, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, nil
}

func get(t testing.TB, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// eventually waits until a condition is true. The time for this depends on how busy
// the machine is.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("not within a minute: %s", what)
}

func body(n int) string {
	return fmt.Sprintf(`{"event":"open","email":"jane%d@example.com","bulkId":"b-%d","timestamp":1654064683,"username":"251200670"}`, n, n)
}
