package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/interrupt"
	"github.com/sesctl/sesctl/pkg/event"
)

// Repeat yields messages in turn until there have been n.
func Repeat(messages []Message, n int) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for i := 0; i < n && len(messages) > 0; i++ {
			if !yield(messages[i%len(messages)]) {
				return
			}
		}
	}
}

// Duplicate yields every message twice, one after the other: SES does not promise that
// an event comes once.
func Duplicate(messages iter.Seq[Message]) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for message := range messages {
			for range 2 {
				if !yield(message) {
					return
				}
			}
		}
	}
}

// shuffleWindow is how many messages Shuffle holds.
const shuffleWindow = 1024

// Shuffle yields the messages in another order: SES does not promise an order. It holds
// up to 1,024 messages and picks one of them at random, so any number can be shuffled.
func Shuffle(messages iter.Seq[Message], random *rand.Rand) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		var held []Message
		for message := range messages {
			if len(held) < shuffleWindow {
				held = append(held, message)
				continue
			}
			i := random.IntN(len(held))
			out := held[i]
			held[i] = message
			if !yield(out) {
				return
			}
		}
		random.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		for _, message := range held {
			if !yield(message) {
				return
			}
		}
	}
}

// Malformed returns what a receiver has to survive: bodies that are not events, and
// events that are not as documented, made of one valid event. A receiver survives a
// body if it answers it, and not with 5xx.
func Malformed(valid event.Event) ([]Message, error) {
	body, err := event.Encode(valid)
	if err != nil {
		return nil, err
	}
	with := func(fields string) []byte {
		return append(append(bytes.Clone(body[:len(body)-1]), ','), fields+"}"...)
	}
	messages := []Message{
		{Name: "empty body", Body: []byte{}},
		{Name: "not JSON", Body: []byte("event=" + string(valid.Type))},
		{Name: "JSON cut in the middle", Body: body[:len(body)/2]},
		{Name: "JSON cut in an escape", Body: []byte(`{"event":"\u00`)},
		{Name: "an array of events", Body: []byte("[" + string(body) + "]")},
		{Name: "a string", Body: []byte(`"` + string(valid.Type) + `"`)},
		{Name: "null", Body: []byte("null")},
		{Name: "an empty object", Body: []byte("{}")},
		{Name: "two events in one body", Body: []byte(string(body) + "\n" + string(body))},
		{Name: "invalid UTF-8", Body: with("\"x\":\"\xff\xfe\"")},
		{Name: "half of a surrogate pair", Body: with(`"x":"\ud800"`)},
		{Name: "a NUL in a string", Body: with(`"x":"\u0000"`)},
		{Name: "a byte order mark", Body: []byte("\ufeff" + string(body))},
		{Name: "unknown fields", Body: with(`"x-new":{"a":[1,2,{"b":null}]},"":""`)},
		{Name: "an unknown type", Body: []byte(`{"event":"teleported","eventid":99,"email":"example@example.com"}`)},
		{Name: "null in every field", Body: nullEvent()},
		{Name: "numbers as strings", Body: []byte(`{"event":"open","email":"example@example.com","timestamp":"1654064683","templateId":"123456"}`)},
		{Name: "strings as objects", Body: []byte(`{"event":{"type":"open"},"email":["example@example.com"]}`)},
		{Name: "a huge number", Body: []byte(`{"event":"open","timestamp":1` + strings.Repeat("0", 400) + `}`)},
		{Name: "a field twice", Body: with(`"email":"other@example.com"`)},
		{Name: "deep nesting", Body: with(`"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000))},
		{Name: "a megabyte in a field", Body: with(`"x":"` + strings.Repeat("x", 1<<20) + `"`)},
		{Name: "gzip", Body: zipped(body), Header: http.Header{"Content-Encoding": {"gzip"}}},
		{Name: "gzip without a header", Body: zipped(body)},
		{Name: "text in another encoding", Body: with("\"reason\":\"\xd3\xca\xcf\xe4\"")},
		{Name: "another content type", Body: body, ContentType: "text/plain; charset=utf-16"},
		{Name: "a form", Body: []byte("payload=%7B%22event%22%3A"), ContentType: "application/x-www-form-urlencoded"},
	}
	for i := range messages {
		messages[i].Malformed = true
	}
	return messages, nil
}

func zipped(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // to memory, which does not fail
	_ = w.Close()
	return out.Bytes()
}

func nullEvent() []byte {
	var fields []string
	for _, f := range event.Fields() {
		fields = append(fields, fmt.Sprintf("%q:null", f.Name))
	}
	return []byte("{" + strings.Join(fields, ",") + "}")
}

// Pace yields saved events as messages, in their order. With a speed of 1 they keep the
// distances in time at which they were received, and with 2 half of them. With 0 there
// are no distances. Each distance counts from the first event, so delays do not add up.
// Pause waits, and returns early with an error when ctx ends, which ends the sequence;
// nil for a timer.
//
// With a concurrency of 1, an event also waits for the answer to the previous one.
func Pace(ctx context.Context, records iter.Seq[Entry], speed float64, now func() time.Time, pause func(context.Context, time.Duration) error) iter.Seq[Message] {
	if now == nil {
		now = time.Now
	}
	if pause == nil {
		pause = interrupt.Sleep
	}
	return func(yield func(Message) bool) {
		var start, first time.Time
		for record := range records {
			if start.IsZero() {
				start, first = now(), record.Received
			}
			if speed > 0 {
				due := start.Add(time.Duration(float64(record.Received.Sub(first)) / speed))
				if wait := due.Sub(now()); wait > 0 && pause(ctx, wait) != nil {
					return
				}
			}
			if !yield(record.message()) {
				return
			}
		}
	}
}

// message returns the request to send again. A body whose content encoding could not be
// removed keeps it: only the receiver knows what it takes.
func (r Record) message() Message {
	m := Message{Name: eventName(r.Body), Body: r.Payload(), ContentType: r.Headers["Content-Type"]}
	const header = "Content-Encoding"
	if encoding := r.Headers[header]; encoding != "" && r.Raw != nil {
		if _, err := event.Plain(m.Body, encoding, event.DefaultMaxBody); err != nil {
			m.Header = http.Header{header: {encoding}}
		}
	}
	return m
}

func eventName(body []byte) string {
	if body == nil {
		return "not an event"
	}
	e, err := event.Decode(body)
	if err != nil {
		return "unknown"
	}
	return string(e.Type)
}
