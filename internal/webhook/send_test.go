package webhook

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/event"
)

func messages(names ...string) []Message {
	var list []Message
	for _, name := range names {
		list = append(list, Message{Name: name, Body: []byte(openEvent)})
	}
	return list
}

func TestSend(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}
	early := func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		silentConn(conn)
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
	}
	tests := []struct {
		name     string
		server   func(*testing.T) func(net.Conn)
		statuses map[int]int
		failures map[string]int
	}{
		{"success", func(t *testing.T) func(net.Conn) { return httpConn(t, status(200)) }, map[int]int{200: 4}, map[string]int{}},
		{"failure", func(t *testing.T) func(net.Conn) { return httpConn(t, status(503)) }, map[int]int{503: 4}, map[string]int{"answered 503 Service Unavailable": 4}},
		{"redirect", func(t *testing.T) func(net.Conn) { return httpConn(t, redirect) }, map[int]int{307: 4}, map[string]int{"answered 307 Temporary Redirect": 4}},
		{"silent", func(*testing.T) func(net.Conn) { return silentConn }, map[int]int{}, map[string]int{"no answer within the time limit": 4}},
		{"a gigabyte", func(t *testing.T) func(net.Conn) { return httpConn(t, endless) }, map[int]int{200: 4}, map[string]int{}},
		{"answers before it reads", func(*testing.T) func(net.Conn) { return early }, map[int]int{200: 4}, map[string]int{}},
		{"hangs up", func(*testing.T) func(net.Conn) { return func(c net.Conn) { c.Close() } }, map[int]int{},
			map[string]int{"the connection was closed before there was an answer": 4}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeNet{at: map[string]func(net.Conn){host + ":8080": test.server(t)}}
				sender := &Sender{Network: fake.network(), Concurrency: 2, Timeout: time.Second}
				told := 0
				got, err := sender.Send(t.Context(), "http://"+host+":8080/?token=secret", Repeat(messages("a"), 4), func(Outcome) { told++ })
				if err != nil || got.Sent != 4 || told != 4 || !maps.Equal(got.Statuses, test.statuses) || !maps.Equal(got.Failures, test.failures) {
					t.Errorf("%+v, told %d, %v", got, told, err)
				}
			})
		})
	}
}

func TestSendRefused(t *testing.T) {
	t.Parallel()
	fake := &fakeNet{at: map[string]func(net.Conn){}}
	got, err := (&Sender{Network: fake.network()}).Send(t.Context(), "https://"+host+":8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Failures["connection refused"] != 1 || got.Failed != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendUntrustedCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca := newAuthority(t, now)
	network := tlsServer(t, ca.issue("other.example.com", now.Add(-time.Hour), now.Add(time.Hour), false))
	network.RootCAs = ca.pool()
	got, err := (&Sender{Network: network}).Send(t.Context(), "https://"+host+":8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Failures["the certificate is not trusted: it is for other.example.com, not for "+host] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = (&Sender{Network: network}).Send(t.Context(), "https://other.example.com:8080/", Repeat(messages("a"), 1), nil)
	if err != nil || got.Statuses[200] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendHeaders(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Host != "virtual.example.com" || r.Header.Get("X-One") != "1" || r.Header.Get("X-Two") != "2" ||
			r.Header.Get("Content-Type") != "text/plain" || r.Header.Get("User-Agent") != "mine" {
			t.Errorf("%s %v", r.Host, r.Header)
		}
	}))
	t.Cleanup(server.Close)
	sender := &Sender{Header: http.Header{"Host": {"virtual.example.com"}, "x-one": {"1"}, "User-Agent": {"mine"}}}
	message := Message{Body: []byte("x"), ContentType: "text/plain", Header: http.Header{"x-two": {"2"}}}
	if got, err := sender.Send(t.Context(), server.URL, Repeat([]Message{message}, 1), nil); err != nil || got.Failed != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSendRefusesArguments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url    string
		header http.Header
		want   string
	}{
		{"ftp://x/?token=secret", nil, `"ftp://x/?token=***" is not an http or https URL`},
		{"http:///x", nil, `"http:///x" is not an http or https URL`},
		{"http://x/", http.Header{"a b": {"secret"}}, `"a b" is not the name of a header`},
		{"http://x/", http.Header{"A": {"secret\n"}}, `the value of the header "A" has a character that headers cannot have`},
	}
	for _, test := range tests {
		_, err := (&Sender{Header: test.header}).Send(t.Context(), test.url, Repeat(messages("a"), 1), nil)
		if err == nil || err.Error() != test.want || failure.KindOf(err) != failure.Usage {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func TestSendRateHoldsOverALongRun(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []float64{0.5, 5, 200, 2000} {
		synctest.Test(t, func(t *testing.T) {
			fake := &fakeNet{at: map[string]func(net.Conn){host + ":8080": httpConn(t, status(200))}}
			sender := &Sender{Network: fake.network(), Concurrency: 4, Rate: perSecond}
			n := int(perSecond * 10)
			start := time.Now()
			got, err := sender.Send(t.Context(), "http://"+host+":8080/", Repeat(messages("a"), n), nil)
			want := time.Duration(float64(n-1) / perSecond * float64(time.Second))
			if took := time.Since(start); err != nil || got.Sent != n || (took-want).Abs() > want/100 {
				t.Errorf("%g a second: %d in %v, want %v; %v", perSecond, got.Sent, took, want, err)
			}
		})
	}
}

func TestSendIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var answered atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if answered.Add(1) == 3 {
			stop()
		}
	}))
	t.Cleanup(server.Close)
	got, err := new(Sender).Send(ctx, server.URL, Repeat(messages("a"), 1000), nil)
	if err != nil || got.Sent != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMessageSequences(t *testing.T) {
	t.Parallel()
	names := func(seq func(func(Message) bool)) string {
		var list []string
		for m := range seq {
			list = append(list, m.Name)
		}
		return strings.Join(list, "")
	}
	if got := names(Repeat(messages("a", "b"), 5)); got != "ababa" {
		t.Errorf("Repeat: %s", got)
	}
	if got := names(Repeat(nil, 5)); got != "" {
		t.Errorf("Repeat of nothing: %s", got)
	}
	if got := names(Duplicate(Repeat(messages("a", "b"), 2))); got != "aabb" {
		t.Errorf("Duplicate: %s", got)
	}
	var in []string
	for i := range 3 * shuffleWindow {
		in = append(in, string(rune('一'+i)))
	}
	got := strings.Split(names(Shuffle(Repeat(messages(in...), len(in)), rand.New(rand.NewPCG(1, 2)))), "")
	if slices.Equal(got, in) {
		t.Error("Shuffle left the order")
	}
	if slices.Sort(got); !slices.Equal(got, in) {
		t.Error("Shuffle lost or doubled messages")
	}
	for _, seq := range []func(func(Message) bool){Duplicate(Repeat(messages("a"), 9)), Shuffle(Repeat(messages("a"), 9*shuffleWindow), rand.New(rand.NewPCG(1, 2)))} {
		for range seq {
			break
		}
	}
}

func TestMalformedIsSurvivedByOurOwnReceivers(t *testing.T) {
	t.Parallel()
	valid, err := event.Sample(event.Bounce)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Malformed(valid)
	if err != nil {
		t.Fatal(err)
	}
	receiver := NewReceiver(ReceiverOptions{})
	t.Cleanup(receiver.Close)
	for name, handler := range map[string]http.Handler{
		"listen":    receiver,
		"pkg/event": event.NewHandler(func(context.Context, event.Event) error { return nil }, event.HandlerOptions{}),
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		got, err := new(Sender).Send(t.Context(), server.URL, Repeat(list, len(list)), func(o Outcome) {
			if o.Err != nil {
				t.Errorf("%s: %s: %v", name, o.Message.Name, o.Err)
			}
		})
		if err != nil || got.Sent != len(list) || got.Statuses[400] < 10 || got.Statuses[413] != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	broken := httptest.NewServer(status(500))
	t.Cleanup(broken.Close)
	if got, err := new(Sender).Send(t.Context(), broken.URL, Repeat(list, 1), nil); err != nil || got.Failed != 1 {
		t.Errorf("500 is no survival: %+v, %v", got, err)
	}
	valid.Extra["x"] = []byte("{")
	if _, err := Malformed(valid); err == nil {
		t.Error("no error for an event that cannot be encoded")
	}
}

func TestPaceKeepsDistances(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	records := func(yield func(Record) bool) {
		for _, after := range []time.Duration{0, 2 * time.Second, time.Second, 10 * time.Second} {
			if !yield(Record{Received: base.Add(after), Body: []byte(openEvent), Headers: map[string]string{"Content-Type": "text/json"}}) {
				return
			}
		}
	}
	for speed, want := range map[float64][]time.Duration{
		0: {0, 0, 0, 0}, 1: {0, 2 * time.Second, 2 * time.Second, 10 * time.Second}, 2: {0, time.Second, time.Second, 5 * time.Second},
	} {
		clock := base.AddDate(1, 0, 0)
		start := clock
		pause := func(_ context.Context, d time.Duration) error { clock = clock.Add(d); return nil }
		var got []time.Duration
		for m := range Pace(t.Context(), records, speed, func() time.Time { return clock }, pause) {
			got = append(got, clock.Sub(start))
			if m.ContentType != "text/json" {
				t.Errorf("content type %q", m.ContentType)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("speed %g: %v, want %v", speed, got, want)
		}
	}
	failing := func(context.Context, time.Duration) error { return errors.New("interrupted") }
	if got := slices.Collect(Pace(t.Context(), records, 1, nil, failing)); len(got) != 1 {
		t.Errorf("%d after an interrupt", len(got))
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if got := slices.Collect(Pace(t.Context(), records, 1, nil, nil)); len(got) != 4 || time.Since(start) != 10*time.Second {
			t.Errorf("%d in %v", len(got), time.Since(start))
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if got := slices.Collect(Pace(ctx, records, 1, nil, nil)); len(got) != 1 {
			t.Errorf("%d after the end of the context", len(got))
		}
	})
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	for us := range uint64(100_000) {
		b := bucket(us)
		if upper(b) < us || b > 0 && upper(b-1) >= us || float64(upper(b)-us) > float64(us)/64 {
			t.Fatalf("%d is in bucket %d, up to %d", us, b, upper(b))
		}
	}
	var h histogram
	if h.quantile(0.5) != 0 {
		t.Error("the median of nothing")
	}
	for i := range 1000 {
		h.add(time.Duration(i+1) * time.Millisecond)
	}
	h.add(-time.Second) // a clock that went back
	h.add(1<<63 - 1)
	for share, want := range map[float64]float64{0.5: 500, 0.9: 900, 0.99: 990} {
		if got := h.quantile(share); got < want || got > want*1.02 {
			t.Errorf("%g: %g", share, got)
		}
	}
	sum := newTally()
	for i := range 2 * maxReasons {
		sum.add(Outcome{Err: errors.New(strings.Repeat("x", i+1))})
	}
	if got := sum.summary(); len(got.Failures) != maxReasons+1 || got.Failures["other reasons"] != maxReasons || got.Latency != (Latency{}) {
		t.Errorf("%d reasons", len(got.Failures))
	}
}
