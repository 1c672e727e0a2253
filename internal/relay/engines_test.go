package relay

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/sesctl/sesctl/internal/catalog"
)

// TestTwoEngines checks that every engine gets every event. While one engine is away
// and there is no spool, events are refused. A retry of the sender makes no duplicate
// in the other engine.
func TestTwoEngines(t *testing.T) {
	t.Parallel()
	one, two := startNATS(t), startNATS(t)
	first, second := one.stream(), two.stream()
	u := two.url()
	u.Name = "second"
	r := startRelay(t, Options{To: []EngineURL{one.url(), u}})
	if status := post(t, r.url, body(1)); status != 200 {
		t.Fatalf("answered %d", status)
	}
	two.stop()
	eventually(t, "an event is refused", func() bool { return post(t, r.url, body(2)) == 503 })
	two.start()
	eventually(t, "an event is taken", func() bool { return post(t, r.url, body(2)) == 200 })
	if a, b := len(stored(t, first)), len(stored(t, second)); a != 2 || b != 2 {
		t.Errorf("the engines have %d and %d events", a, b)
	}
}

// TestSetAside sends a body that the engine will never accept, while the engine is
// away. Without dead letters it is kept in its own file.
func TestSetAside(t *testing.T) {
	t.Parallel()
	small := func(o *server.Options) { o.MaxPayload = 64 << 10 }
	n := startNATS(t, small)
	stream := n.stream()
	spool := t.TempDir()
	r := startRelay(t, Options{To: []EngineURL{n.url()}, Spool: spool})
	n.stop()
	large := fmt.Sprintf(`{"event":"open","x":"%s"}`, strings.Repeat("x", 100<<10))
	for i, event := range []string{body(1), large, body(2)} {
		if status := post(t, r.url, event); status != 200 {
			t.Errorf("event %d: answered %d", i, status)
		}
	}
	n.start(small)
	eventually(t, "the others follow", func() bool { return len(stored(t, stream)) == 2 })
	file := filepath.Join(spool, "nats-ses.events.rejected", contentID([]byte(large))+".body")
	eventually(t, "the file", func() bool {
		kept, err := os.ReadFile(file)
		return err == nil && string(kept) == large
	})
	eventually(t, "the log names the file", func() bool { return strings.Contains(r.log.String(), filepath.Base(file)) })
}

func details(found []Finding, status Status) string {
	var all []string
	for _, f := range found {
		if f.Status == status {
			all = append(all, f.Check+": "+f.Detail)
		}
	}
	return strings.Join(all, "\n")
}

func TestCheckNATS(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	base := strings.TrimSuffix(r.url, testPath)
	o := Options{To: []EngineURL{n.url()}, Paths: []string{testPath}, Spool: t.TempDir(), Engine: EngineOptions{Timeout: 5 * time.Second}}
	public := Public{URL: base, Private: true, Timeout: 10 * time.Second}
	found := Check(t.Context(), o, public)
	if got := details(found, Skip); !strings.Contains(got, "no certificate, so this program speaks plain HTTP") {
		t.Errorf("without a certificate the skipped checks are %q", got)
	}
	good := details(found, OK)
	for _, want := range []string{"configuration:", "spool:", "stream SES, file storage, 1 replica(s), duplicates dropped within 1h0m0s", "public URL post: answered 200"} {
		if !strings.Contains(good, want) {
			t.Errorf("no %q in\n%s\n%s", want, good, details(found, Fail))
		}
	}
	if got := details(found, Fail); !strings.Contains(got, "public URL url-port") || strings.Count(got, "\n") != 0 {
		t.Errorf("failed:\n%s", got) // only the rule on ports
	}
	for _, f := range found {
		if strings.Contains(f.Detail, "0123456789abcdef") {
			t.Errorf("the token is in %+v", f)
		}
	}
	o.To = []EngineURL{natsURL(t, n.port, "nobody.listens")}
	got := details(Check(t.Context(), o, Public{}), Fail)
	if !strings.Contains(got, `no stream accepts the subject "nobody.listens"; nats stream add`) {
		t.Errorf("without a stream:\n%s", got)
	}
	if chinese := catalog.For(catalog.Chinese).Text(got); !strings.Contains(chinese, `没有 stream 接收 subject "nobody.listens"`) {
		t.Errorf("without a stream, in Chinese:\n%s", chinese)
	}
	o.To = []EngineURL{natsURL(t, freePort(t), "x")}
	if got := details(Check(t.Context(), Options{To: o.To, Paths: o.Paths, Engine: EngineOptions{Timeout: time.Second}}, Public{}), Fail); !strings.Contains(got, "refused") {
		t.Errorf("without a server:\n%s", got)
	}
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	o.To = append(o.To, natsURL(t, freePort(t), "y"))
	if got := details(Check(short, Options{To: o.To, Paths: o.Paths, Engine: EngineOptions{Timeout: time.Minute}}, Public{}), Fail); strings.Count(got, "refused") != 2 {
		t.Errorf("with a timeout shorter than the engines':\n%s", got)
	}
}

func TestJudgeStream(t *testing.T) {
	t.Parallel()
	good := jetstream.StreamConfig{Name: "S", Storage: jetstream.FileStorage, Replicas: 3, Duplicates: 24 * time.Hour, Discard: jetstream.DiscardNew}
	if found := judgeStream(good, 2<<20); len(found) != 1 || found[0].Status != OK {
		t.Errorf("%v", found)
	}
	for want, change := range map[string]func(*jetstream.StreamConfig){
		"keeps events in memory": func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage },
		"does not acknowledge":   func(c *jetstream.StreamConfig) { c.NoAck = true },
		"within 2m0s only":       func(c *jetstream.StreamConfig) { c.Duplicates = 2 * time.Minute },
		"drops its oldest":       func(c *jetstream.StreamConfig) { c.Discard, c.MaxBytes = jetstream.DiscardOld, 1 },
	} {
		c := good
		change(&c)
		if found := judgeStream(c, 2<<20); len(found) != 2 || !strings.Contains(found[1].Detail, want) {
			t.Errorf("%s: %v", want, found)
		}
	}
	if found := judgeStream(good, 1<<20); len(found) != 2 || !strings.Contains(found[1].Detail, "max_payload") {
		t.Errorf("%v", found)
	}
}

func TestCheckKafka(t *testing.T) {
	t.Parallel()
	_, u := startKafka(t)
	o := Options{To: []EngineURL{u}, Paths: []string{testPath}, Engine: EngineOptions{Timeout: time.Second}}
	if got := details(Check(t.Context(), o, Public{}), OK); !strings.Contains(got, "topic ses-events, 3 partition(s)") {
		t.Errorf("%s", got)
	}
	u.Subject = "missing"
	o.To = []EngineURL{u}
	if got := details(Check(t.Context(), o, Public{}), Fail); !strings.Contains(got, "engine kafka-ses-events") || !strings.Contains(got, "UNKNOWN_TOPIC") {
		t.Errorf("without the topic: %s", got)
	}
	if found := judgeTopic("min.insync.replicas", "1", 3); len(found) != 1 {
		t.Errorf("%v", found)
	}
	if found := judgeTopic("max.message.bytes", "1000", 3); len(found) != 1 {
		t.Errorf("%v", found)
	}
	if found := judgeTopic("retention.ms", "1000", 3); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

// TestPasswords checks that passwords and tokens are used for the engines, and that
// no log and no finding contains them.
func TestPasswords(t *testing.T) {
	t.Parallel()
	password := startNATS(t, func(o *server.Options) { o.Username, o.Password = "relay", "s3cret-word" })
	token := startNATS(t, func(o *server.Options) { o.Authorization = "s3cret-token" })
	for name, u := range map[string]EngineURL{
		"password": parsed(t, fmt.Sprintf("nats://relay:s3cret-word@127.0.0.1:%d/ses.events", password.port)),
		"token":    parsed(t, fmt.Sprintf("nats://s3cret-token@127.0.0.1:%d/ses.events", token.port)),
	} {
		found := Check(t.Context(), Options{To: []EngineURL{u}, Paths: []string{testPath}}, Public{})
		if got := details(found, Fail); !strings.Contains(got, "no stream accepts the subject") {
			t.Errorf("%s: %s", name, got) // the server has answered, so the password was accepted
		}
		r := startRelay(t, Options{To: []EngineURL{u}})
		if status := post(t, r.url, body(1)); status != 503 {
			t.Errorf("%s: answered %d without a stream", name, status)
		}
		u.Password, u.User = "wrong-s3cret", "wrong-s3cret"
		found = Check(t.Context(), Options{To: []EngineURL{u}, Paths: []string{testPath}, Engine: EngineOptions{Timeout: time.Second}}, Public{})
		if got := details(found, Fail); got == "" || strings.Contains(got+r.log.String(), "s3cret") {
			t.Errorf("%s: %s", name, got)
		}
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, testTopic), kfake.EnableSASL(),
		kfake.Superuser("PLAIN", "relay", "s3cret-word"), kfake.Superuser("SCRAM-SHA-256", "scram", "s3cret-word"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	for user, mechanism := range map[string]string{"relay": "plain", "scram": "scram-sha-256"} {
		u := parsed(t, "kafka://"+user+":s3cret-word@"+strings.Join(cluster.ListenAddrs(), ",")+"/"+testTopic)
		r := startRelay(t, Options{To: []EngineURL{u}, Engine: EngineOptions{KafkaSASL: mechanism}})
		if status := post(t, r.url, body(1)); status != 200 {
			t.Errorf("%s: answered %d\n%s", mechanism, status, r.log)
		}
	}
	if _, err := kafkaLogin(EngineURL{}, "gssapi"); err == nil {
		t.Error("a mechanism that is not there")
	}
}

// TestEngineTLS checks that TLS to an engine needs its certificate authority.
func TestEngineTLS(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "crt"), filepath.Join(folder, "key")
	writePair(t, cert, key, 1)
	n := startNATS(t, func(o *server.Options) {
		config, err := server.GenTLSConfig(&server.TLSConfigOpts{CertFile: cert, KeyFile: key})
		if err != nil {
			t.Fatal(err)
		}
		o.TLSConfig, o.TLS = config, true
	})
	u := n.url()
	o := Options{To: []EngineURL{u}, Paths: []string{testPath}, Engine: EngineOptions{CAFile: cert, Timeout: 2 * time.Second}}
	if got := details(Check(t.Context(), o, Public{}), Fail); !strings.Contains(got, "no stream accepts the subject") {
		t.Errorf("with the authority: %s", got)
	}
	o.Engine.CAFile, o.To[0].TLS = "", true
	if got := details(Check(t.Context(), o, Public{}), Fail); got == "" || strings.Contains(got, "no stream accepts") {
		t.Errorf("without the authority: %s", got)
	}
	o.Engine.CAFile = key
	if _, err := o.Engine.tlsConfig(); err == nil || !strings.Contains(err.Error(), "contains no PEM certificate") {
		t.Errorf("a file without a certificate: %v", err)
	}
	if _, err := (EngineOptions{CertFile: cert}).tlsConfig(); err == nil {
		t.Error("a client certificate without a key")
	}
}

func TestCheckCertificate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := Options{TLSCert: filepath.Join(folder, "crt"), TLSKey: filepath.Join(folder, "key")}
	if f := checkCertificate(o, time.Now()); f.Status != Fail {
		t.Errorf("no files: %+v", f)
	}
	writePair(t, o.TLSCert, o.TLSKey, 1) // valid for 90 days
	for days, want := range map[int]Status{0: OK, 80: Warn, 100: Fail, -10: Fail} {
		if f := checkCertificate(o, time.Now().Add(time.Duration(days)*24*time.Hour)); f.Status != want {
			t.Errorf("in %d days: %+v", days, f)
		}
	}
}

// TestNotReadyWhileEnding checks that the program is not ready while it stops, so
// that a load balancer uses other copies.
func TestNotReadyWhileEnding(t *testing.T) {
	t.Parallel()
	r := &relay{}
	r.ending.Store(true)
	w := httptest.NewRecorder()
	r.readyz(nil)(w, nil)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"ending":true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestClosedNATSEngineIsSilent closes a connection, as the end of the relay does. It
// is not reported as an engine that is away.
func TestClosedNATSEngineIsSilent(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}, 8), make(chan error, 8)
	e, err := connectNATS(startNATS(t).url(), EngineOptions{}, func(err error) {
		if err != nil {
			ended <- err
			return
		}
		began <- struct{}{}
	})
	if err != nil {
		t.Fatal(err)
	}
	<-began
	e.close()
	select {
	case err := <-ended:
		t.Errorf("reported after the close: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
}
