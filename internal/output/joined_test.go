package output

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJoined(t *testing.T) {
	t.Parallel()
	type ab struct {
		A string `json:"a,omitempty"`
		B []int  `json:"b,omitempty"`
	}
	for want, value := range map[string]Joined{
		`{}`:                          {},
		`{"a":"1"}`:                   {ab{}, ab{A: "1"}, struct{}{}},
		`{"a":"x&y","c":"<","b":[1]}`: {ab{A: "x&y"}, map[string]string{"c": "<"}, ab{B: []int{1}}},
	} {
		got, err := value.MarshalJSON()
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	for _, value := range []any{1, "{}", []int{}, func() {}} {
		if _, err := json.Marshal(Joined{value}); err == nil || !strings.Contains(err.Error(), "json") {
			t.Errorf("%T: %v", value, err)
		}
	}
}
