package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestRoundTripKeepsEverything(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, payload, want string }{
		{"zero values stay", `{"event":"delivered","reason":"","bounceType":"","templateId":0}`, ""},
		{"unknown fields", `{"event":"open","z":{"a":[1,2.50]},"a":null}`, `{"event":"open","a":null,"z":{"a":[1,2.50]}}`},
		{"large numbers in unknown fields", `{"event":"open","n":123456789012345678901234567890}`, ""},
		{"links keep their &", `{"event":"click","link":"https://example.com/?a=1&b=<2>"}`, ""},
		{"values of another type", `{"event":"open","bulkid":7,"email":null,"timestamp":"1"}`, `{"event":"open","bulkid":7,"timestamp":"1"}`},
		{"spellings of today", `{"bulkid":"b","event":"bounce","bounceType":"soft"}`, `{"event":"bounce","bulkId":"b","bounceType":"soft_bounce"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := test.want
			if want == "" {
				want = test.payload
			}
			encoded, err := event.Encode(decode(t, test.payload))
			if err != nil || string(encoded) != want {
				t.Errorf("got %s, %v; want %s", encoded, err, want)
			}
		})
	}
}

func TestJSONInterfaces(t *testing.T) {
	t.Parallel()
	var events []event.Event
	if err := json.Unmarshal([]byte(`[{"event":"open","bulkid":"b"}]`), &events); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(events)
	if err != nil || string(out) != `[{"event":"open","bulkId":"b"}]` {
		t.Errorf("got %s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`[{"event":1}]`), &events); err == nil {
		t.Error("no error for a malformed one")
	}
}

func TestEncodeRefusesExtraThatIsNotJSON(t *testing.T) {
	t.Parallel()
	_, err := event.Encode(event.Event{Type: event.Open, Extra: map[string]json.RawMessage{"x": json.RawMessage("secret{")}})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	out, err := event.Encode(event.Event{Type: event.Open, Extra: map[string]json.RawMessage{"event": json.RawMessage(`"click"`)}})
	if err != nil || string(out) != `{"event":"open"}` {
		t.Errorf("a field of the struct is hidden by Extra: %s, %v", out, err)
	}
}
