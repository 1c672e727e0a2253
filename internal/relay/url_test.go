package relay

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestParseEngine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw  string
		want EngineURL
	}{
		{"nats://h/ses.events", EngineURL{Kind: NATS, Hosts: []string{"h:4222"}, Subject: "ses.events", Name: "nats-ses.events"}},
		{"nats://a:1,b,[::1]:5/s", EngineURL{Kind: NATS, Hosts: []string{"a:1", "b:4222", "[::1]:5"}, Subject: "s", Name: "nats-s"}},
		{"nats+tls://[::1]/s#west", EngineURL{Kind: NATS, TLS: true, Hosts: []string{"[::1]:4222"}, Subject: "s", Name: "west"}},
		{"tls://h/s", EngineURL{Kind: NATS, TLS: true, Hosts: []string{"h:4222"}, Subject: "s", Name: "nats-s"}},
		{"kafka://h/t", EngineURL{Kind: Kafka, Hosts: []string{"h:9092"}, Subject: "t", Name: "kafka-t"}},
		{"kafka+tls://u:p%40%2Fx@a,b:1/t", EngineURL{Kind: Kafka, TLS: true, Hosts: []string{"a:9092", "b:1"}, Subject: "t", Name: "kafka-t", User: "u", Password: "p@/x"}},
		{"nats://token@h/s", EngineURL{Kind: NATS, Hosts: []string{"h:4222"}, Subject: "s", Name: "nats-s", User: "token"}},
	} {
		got, err := ParseEngine(c.raw)
		if err != nil || !slices.Equal(got.Hosts, c.want.Hosts) {
			t.Errorf("%s: %v, %v", c.raw, got, err)
		}
		got.Hosts, c.want.Hosts = nil, nil
		if got.Kind != c.want.Kind || got.TLS != c.want.TLS || got.Subject != c.want.Subject || got.Name != c.want.Name || got.User != c.want.User || got.Password != c.want.Password {
			t.Errorf("%s: %+v", c.raw, got)
		}
	}
	for _, raw := range []string{"", "x", "http://h/s", "nats://h", "nats://h/", "nats:///s", "nats://h:0/s", "nats://h:70000/s", "nats://h:x/s", "nats://a,,b/s",
		"nats://h/a b", "nats://h/a..b", "nats://h/a.*", "nats://h/a.>", "nats://h/$JS.x", "nats://h/s?tls=1", "nats://h/s#a b", "nats://h/s#..",
		"kafka://h/a/b", "kafka://h/..", "kafka://h/t%20", "kafka://h/" + strings.Repeat("t", 250), "nats://secret%zz@h/s", "kafka+nats://h/t",
		"nats://u:secret＠h/s", "kafka://u:secret＠h:9/t", "nats://secret＠h/s", "nats://h/s？t=secret", "nats://h%2540secret/s"} {
		if u, err := ParseEngine(raw); err == nil {
			t.Errorf("%s is %+v", raw, u)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error has the password: %v", raw, err)
		}
	}
}

func TestLogHidesSecrets(t *testing.T) {
	t.Parallel()
	u := parsed(t, "nats://user:pass-word@h/s")
	var out bytes.Buffer
	log := NewLog(&out, slog.LevelInfo, Options{Paths: []string{testPath}, To: []EngineURL{u}}.Secrets())
	log.Info("a", "x", "dial nats://user:pass-word@h:4222: refused", "y", "the path "+testPath, "z", "token 0123456789abcdef and pass-word")
	for _, secret := range []string{"pass-word", "0123456789abcdef", "://"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s is in %s", secret, out.String())
		}
	}
	out.Reset()
	NewLog(&out, slog.LevelInfo, []string{"/ses/0123", "/ses/0123456789abcdef"}).Info("a", "x", "the path /ses/0123456789abcdef")
	if strings.Contains(out.String(), "456789abcdef") {
		t.Errorf("the end of a secret that begins with another secret is in %s", out.String())
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	m, err := newMessage([]byte(`{"event":"a\nb中\u0000 c%","email":"\"a b\"@example.com","username":"1/2 3","timestamp":99999999999999}`), "", "")
	if err != nil {
		t.Fatal(err)
	}
	got := natsHeaders(m)
	for name, want := range map[string]string{"ce-type": "com.tencent.ses.ab%E4%B8%AD%20c%25", "ce-subject": "%22a%20b%22@example.com", "ce-source": "urn:tencentcloud:ses:1%252F2%25203"} {
		if got[name][0] != want {
			t.Errorf("%s: %s, want %s", name, got[name][0], want)
		}
	}
	if _, has := got["ce-time"]; has {
		t.Error("a time that no clock has")
	}
	long, err := newMessage([]byte(`{"event":"`+strings.Repeat("中", 5000)+`"}`), "", "")
	if err != nil || len(long.kind) > maxAttribute+len(typePrefix) || strings.Contains(long.kind, "\ufffd") {
		t.Errorf("a long type: %d bytes, %v", len(long.kind), err)
	}
}

// TestTypeLabels checks that each documented type has its own label, and that all
// other types share one.
func TestTypeLabels(t *testing.T) {
	t.Parallel()
	for _, info := range event.Types() {
		if got := typeLabel(info.Type); got != string(info.Type) {
			t.Errorf("%s has the label %s", info.Type, got)
		}
	}
	if typeLabel("") != "none" || typeLabel("x") != "other" || typeLabel(event.Processed) != "processed" {
		t.Error("the labels of other types are wrong")
	}
}

func TestHasPlaceholder(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/ses/$TOKEN": true, "/ses/YOUR_TOKEN": true, "/ses/:token": true,
		"/ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c": false, "/ses/a-$-b": false, "/": false,
	} {
		if got := hasPlaceholder(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
