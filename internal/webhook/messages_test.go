package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

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
		if err != nil || got.Sent != len(list) || got.Statuses[400] < 8 || got.Statuses[413] != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	broken := httptest.NewServer(status(500))
	t.Cleanup(broken.Close)
	if got, err := new(Sender).Send(t.Context(), broken.URL, Repeat(list, 1), nil); err != nil || got.Failed != 1 {
		t.Errorf("500 counts as survived: %+v, %v", got, err)
	}
	valid.Extra["x"] = []byte("{")
	if _, err := Malformed(valid); err == nil {
		t.Error("no error for an event that cannot be encoded")
	}
}

func TestPaceKeepsDistances(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	records := func(yield func(Entry) bool) {
		for _, after := range []time.Duration{0, 2 * time.Second, time.Second, 10 * time.Second} {
			if !yield(Entry{Record: Record{Received: base.Add(after), Body: []byte(openEvent), Headers: map[string]string{"Content-Type": "text/json"}}}) {
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

// TestReplayKeepsTheEncoding checks that a body which could not be decompressed is sent
// again with its content encoding.
func TestReplayKeepsTheEncoding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sent, encoding, want string
	}{
		"unknown":      {"\x28\xb5\x2f\xfd not really", "zstd", "zstd"},
		"broken gzip":  {"\x1f\x8b\x08 broken", "gzip", "gzip"},
		"event":        {`{"event":"open"}`, "gzip", ""},
		"packed event": {string(zipped([]byte(`{"event":"open"}`))), "gzip", ""},
		"none":         {"not an event", "", ""},
	} {
		received := &Received{sent: []byte(test.sent)}
		received.read(test.encoding)
		received.Headers = savedHeaders(http.Header{"Content-Encoding": {test.encoding}})
		got := received.message()
		if encoding := got.Header.Get("Content-Encoding"); encoding != test.want {
			t.Errorf("%s: sent again as %q, not %q", name, encoding, test.want)
		}
		if test.want != "" && string(got.Body) != test.sent {
			t.Errorf("%s: the body changed", name)
		}
	}
}
