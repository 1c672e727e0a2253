package event_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sesctl/sesctl/pkg/event"
)

// official is the sample request of document 1084/39492.
const official = `{
"event":"bounce",
"email":"example@example.com",
"bulkId":"qcloudses-30-251200670-date-20220601142439-8jolHvR2XcXC1",
"timestamp":1654064683,
"reason":"551 5.1.1 recipient is not exist",
"bounceType":"hard_bounce",
"username":"251200670",
"from":"test@fromexample.com",
"fromDomain":"fromexample.com",
"templateId":123456,
"subject":"example subject",
"messageId":"ea2783c1-7704-48a8-af36-2b9e83e767ec@fromexample.com",
"sentTimestamp":1761555487,
"X-Tencentcloudses-Cb-Custom":"ses callback"
}`

func decode(t *testing.T, payload string) event.Event {
	t.Helper()
	e, err := event.Decode([]byte(payload))
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	return e
}

func TestDecodeOfficialSample(t *testing.T) {
	t.Parallel()
	got := decode(t, official)
	want := event.Event{
		Type:          event.Bounce,
		Email:         "example@example.com",
		BulkID:        "qcloudses-30-251200670-date-20220601142439-8jolHvR2XcXC1",
		Timestamp:     1654064683,
		Reason:        "551 5.1.1 recipient is not exist",
		BounceType:    event.HardBounce,
		Username:      "251200670",
		From:          "test@fromexample.com",
		FromDomain:    "fromexample.com",
		TemplateID:    123456,
		Subject:       "example subject",
		MessageID:     "ea2783c1-7704-48a8-af36-2b9e83e767ec@fromexample.com",
		SentTimestamp: 1761555487,
		Extra:         map[string]json.RawMessage{"X-Tencentcloudses-Cb-Custom": json.RawMessage(`"ses callback"`)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got.Time() != time.Unix(1654064683, 0) {
		t.Errorf("Time() = %v", got.Time())
	}
	for _, name := range []string{"X-Tencentcloudses-Cb-Custom", "x-tencentcloudses-cb-custom", "Custom"} {
		if got.Header(name) != "ses callback" {
			t.Errorf("Header(%q) = %q", name, got.Header(name))
		}
	}
	if headers := got.Headers(); len(headers) != 1 || headers["X-Tencentcloudses-Cb-Custom"] != "ses callback" {
		t.Errorf("Headers() = %v", headers)
	}
}

func TestDecodeSpellings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, payload string
		want          event.Event
	}{
		{"bulkid of the table", `{"event":"open","bulkid":"b1"}`, event.Event{Type: event.Open, BulkID: "b1"}},
		{"both, agreeing", `{"event":"open","bulkid":"b1","bulkId":"b1"}`, event.Event{Type: event.Open, BulkID: "b1"}},
		{"soft of older pages", `{"event":"bounce","bounceType":"soft"}`, event.Event{Type: event.Bounce, BounceType: event.SoftBounce}},
		{"hard of older pages", `{"event":"bounce","bounceType":"hard"}`, event.Event{Type: event.Bounce, BounceType: event.HardBounce}},
		{"processed of older pages", `{"event":"processed"}`, event.Event{Type: event.Processed}},
		{"a type to come", `{"event":"teleported"}`, event.Event{Type: "teleported"}},
		{"null is not there", `{"event":"open","link":null,"templateId":null}`, event.Event{Type: event.Open}},
		{"negative and largest integers", `{"event":"open","timestamp":-1,"taskId":9223372036854775807}`,
			event.Event{Type: event.Open, Timestamp: -1, TaskID: 1<<63 - 1}},
		{"space around", " \r\n\t{\"event\":\"open\"} \n", event.Event{Type: event.Open}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := decode(t, test.payload); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestDecodeMalformed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, payload, want string }{
		{"empty", "", "expected a JSON object, found nothing"},
		{"space only", " \n", "expected a JSON object, found nothing"},
		{"an array", `[{"event":"open"}]`, "expected a JSON object, found an array"},
		{"a string", `"secret"`, "expected a JSON object, found a string"},
		{"a number", `12`, "expected a JSON object, found a number"},
		{"a boolean", `true`, "expected a JSON object, found a boolean"},
		{"null", `null`, "expected a JSON object, found null"},
		{"cut", `{"event":"secret`, "expected a JSON object, found the end before it was complete at byte 16"},
		{"not JSON", `event=secret`, "expected a JSON object, found something that is not JSON at byte 0"},
		{"a comma too many", `{"event":"open",}`, "expected a JSON object, found something that is not JSON at byte 16"},
		{"two objects", `{"event":"open"}{"event":"open"}`, "expected a JSON object, found something that is not JSON at byte 16"},
		{"no event", `{"email":"secret"}`, `field "event": expected a string that is not empty, found nothing`},
		{"empty event", `{"event":""}`, `field "event": expected a string that is not empty, found an empty one`},
		{"null event", `{"event":null}`, `field "event": expected a string that is not empty, found nothing`},
		{"boolean for string", `{"event":true}`, `field "event": expected a string, found a boolean`},
		{"deep lists", `{"event":"open","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "expected a JSON object, found values that are nested too deep at byte 10019"},
		{"deep objects", strings.Repeat(`{"event":`, 20000) + "1" + strings.Repeat("}", 20000), "expected a JSON object, found values that are nested too deep at byte 90000"},
		{"deep and cut", strings.Repeat(`{"event":`, 20000), "expected a JSON object, found values that are nested too deep at byte 90000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := event.Decode([]byte(test.payload))
			var decodeErr *event.DecodeError
			if !errors.As(err, &decodeErr) {
				t.Fatalf("error is %v, not a *DecodeError", err)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Error("the error repeats a value")
			}
		})
	}
}

func TestDecodeReportsProblems(t *testing.T) {
	t.Parallel()
	const bounce = `{"event":"bounce","email":"a@example.com",`
	tests := []struct{ name, payload, field, kept, problem string }{
		{"string for integer", bounce + `"templateId":"7"}`, "templateId", `"7"`, `field "templateId": expected an integer, found a string`},
		{"integer for string", bounce + `"username":251200670}`, "username", `251200670`, `field "username": expected a string, found a number`},
		{"object for string", bounce + `"reason": {"secret": 1}}`, "reason", `{"secret":1}`, `field "reason": expected a string, found an object`},
		{"array for integer", bounce + `"taskId":[1]}`, "taskId", `[1]`, `field "taskId": expected an integer, found an array`},
		{"boolean for string", bounce + `"subject":true}`, "subject", `true`, `field "subject": expected a string, found a boolean`},
		{"fraction", bounce + `"timestamp":1.5}`, "timestamp", `1.5`, `field "timestamp": expected an integer, found a number with a sign, a fraction or an exponent`},
		{"out of range", bounce + `"taskId":92233720368547758079}`, "taskId", `92233720368547758079`, `field "taskId": expected an integer, found a number out of the range of 64 bits`},
		{"twice", bounce + `"bulkId":"secret1","bulkid":"secret2"}`, "bulkid", `"secret2"`, `field "bulkId": expected one value, found two that differ`},
		{"type twice", bounce + `"event":"open"}`, "event", `"open"`, `field "event": expected one value, found two that differ`},
		{"not UTF-8", bounce + "\"reason\":\"\xd3\xca secret\"}", "reason", "\"\xd3\xca secret\"", `field "reason": expected UTF-8, found a byte that is not UTF-8`},
		{"not UTF-8 in another field", bounce + "\"x\":[\"\xff\"]}", "x", "[\"\xff\"]", `field "x": expected UTF-8, found a byte that is not UTF-8`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := decode(t, test.payload)
			if e.Type != event.Bounce || e.Email != "a@example.com" {
				t.Errorf("the other fields are lost: %+v", e)
			}
			if len(e.Problems) != 1 || e.Problems[0].Error() != test.problem {
				t.Errorf("problems %v, want %s", e.Problems, test.problem)
			}
			if got := string(e.Extra[test.field]); got != test.kept {
				t.Errorf("Extra holds %q, want %q", got, test.kept)
			}
			encoded, err := event.Encode(e)
			if err != nil || !utf8.Valid(encoded) || !json.Valid(encoded) {
				t.Errorf("encoded as %q, %v", encoded, err)
			}
			if err := e.Validate(); err == nil || !strings.Contains(err.Error(), test.problem) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Validate reports %v", err)
			}
		})
	}
}

func TestDecodeReadsAroundBytes(t *testing.T) {
	t.Parallel()
	e := decode(t, "\ufeff{\"event\":\"bounce\",\"reason\":\"550 \xff\\u00e9\",\"\xfe\":1,\"templateId\":\"7\"}")
	if e.Reason != "550 \ufffdé" {
		t.Errorf("reason %q", e.Reason)
	}
	if string(e.Extra["\ufffd"]) != "1" {
		t.Errorf("Extra %v", e.Extra)
	}
	if got, ok := e.Get("templateId"); got != "7" || !ok {
		t.Errorf("Get returns %q, %t", got, ok)
	}
	if _, ok := e.Get("taskId"); ok {
		t.Error("Get finds a field that is not there")
	}
	if len(decode(t, "\ufeff"+official).Problems) != 0 {
		t.Error("a byte order mark is a problem")
	}
}

// FuzzDecode checks that Decode never panics, that what it accepts survives
// Encode, and that its errors stay short.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(official))
	f.Add([]byte(`{"event":"bounce","bulkid":"x","bounceType":"soft","":0," ":null}`))
	f.Add([]byte(`{"event":"\ud800","x":"\ud800","timestamp":-0}`))
	f.Add([]byte(`[]`))
	f.Add([]byte("{\x00\"\x00e\x00v\x00e\x00n\x00t\x00\"\x00:\x00\"\x00x\x00\"\x00}\x00"))
	f.Add([]byte("{\"event\":\"0\",\"\xbc\xbc\":0}"))
	f.Add([]byte("\ufeff{\"event\":\"open\",\"bulkId\":1,\"bulkid\":\"\xff\",\"bulkId\":\"b\",\"\xff\":1,\"\xfe\":2}"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := event.Decode(payload)
		if err != nil {
			if len(err.Error()) > 200 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		var reference map[string]json.RawMessage
		if err := json.Unmarshal(event.UTF8(payload), &reference); err != nil {
			t.Fatalf("encoding/json takes it for no object: %v", err)
		}
		for name := range e.Extra {
			if _, ok := reference[name]; !ok {
				t.Errorf("there is no field %q", name)
			}
		}
		encoded, err := event.Encode(e)
		if err != nil {
			t.Fatalf("Encode: %v", err)
		}
		again, err := event.Decode(encoded)
		if err != nil {
			t.Fatalf("Decode of %q: %v", encoded, err)
		}
		third, err := event.Encode(again)
		if err != nil || string(third) != string(encoded) {
			t.Errorf("%q is encoded as %q, then as %q, %v", payload, encoded, third, err)
		}
		if e.Type != again.Type || e.Time() != again.Time() || len(e.Problems) == 0 && !reflect.DeepEqual(e, again) {
			t.Errorf("%q\n%+v\n%q\n%+v", payload, e, encoded, again)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	payload := []byte(official)
	for b.Loop() {
		if _, err := event.Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnmarshal is what a receiver without this package does.
func BenchmarkUnmarshal(b *testing.B) {
	payload := []byte(official)
	for b.Loop() {
		var parsed map[string]any
		if err := json.Unmarshal(payload, &parsed); err != nil {
			b.Fatal(err)
		}
	}
}
