package event_test

import (
	"encoding/json"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestSetJSON(t *testing.T) {
	t.Parallel()
	const base = `{"event":"open","email":"a@example.com","bulkid":7,"templateId":1,"x":{"y":1}}`
	tests := []struct{ name, field, value, want string }{
		{"its own type", "email", `"b@example.com"`, `{"event":"open","email":"b@example.com","templateId":1,"bulkid":7,"x":{"y":1}}`},
		{"another type", "email", `[1, 2]`, `{"event":"open","templateId":1,"bulkid":7,"email":[1,2],"x":{"y":1}}`},
		{"null", "email", `null`, `{"event":"open","templateId":1,"bulkid":7,"email":null,"x":{"y":1}}`},
		{"left out", "email", ``, `{"event":"open","templateId":1,"bulkid":7,"x":{"y":1}}`},
		{"zero", "templateId", `0`, `{"event":"open","email":"a@example.com","templateId":0,"bulkid":7,"x":{"y":1}}`},
		{"the other spelling", "bulkId", `"b"`, `{"event":"open","email":"a@example.com","bulkId":"b","templateId":1,"x":{"y":1}}`},
		{"a field that is not documented", "x", `2`, `{"event":"open","email":"a@example.com","templateId":1,"bulkid":7,"x":2}`},
		{"a new one", "z", `""`, `{"event":"open","email":"a@example.com","templateId":1,"bulkid":7,"x":{"y":1},"z":""}`},
		{"one that is not there", "z", ``, `{"event":"open","email":"a@example.com","templateId":1,"bulkid":7,"x":{"y":1}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before := decode(t, base)
			e := before
			var value json.RawMessage
			if test.value != "" {
				value = json.RawMessage(test.value)
			}
			if err := e.SetJSON(test.field, value); err != nil {
				t.Fatal(err)
			}
			if got, err := event.Encode(e); err != nil || string(got) != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
			if got, err := event.Encode(before); err != nil || string(got) != `{"event":"open","email":"a@example.com","templateId":1,"bulkid":7,"x":{"y":1}}` {
				t.Errorf("the copy has changed: %s, %v", got, err)
			}
			if wantProblems := 1; test.field == "bulkId" && len(e.Problems) != 0 || test.field != "bulkId" && len(e.Problems) != wantProblems {
				t.Errorf("problems %v", e.Problems)
			}
		})
	}
	var e event.Event
	if err := e.SetJSON("x", json.RawMessage("{")); err == nil {
		t.Error("a value that is not JSON is taken")
	}
}
