package ses

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func tableWith(t *testing.T, rows map[sesapi.Operation]sesapi.Override) sesapi.Table {
	t.Helper()
	table, err := sesapi.Default().With(rows)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestParameters sends parameters under nested names, as lists and as strings.
func TestParameters(t *testing.T) {
	t.Parallel()
	table := tableWith(t, map[sesapi.Operation]sesapi.Override{
		sesapi.CreateSenderCallback: {Request: map[string]string{"address": "Config.Addresses[]", "url": "Config.Hook.Url"}},
		sesapi.ListSenderCallbacks:  {Types: map[string]string{"limit": "string"}, Request: map[string]string{"offset": ""}},
	})
	for op, want := range map[sesapi.Operation]string{
		sesapi.CreateSenderCallback: `{"Config":{"Addresses":["a@b.example"],"Hook":{"Url":"u"}}}`,
		sesapi.ListSenderCallbacks:  `{"Limit":"100"}`,
		sesapi.DeleteSenderCallback: `{"Address":"a@b.example"}`,
	} {
		got, err := json.Marshal(parameters(table.Row(op), values{"address": "a@b.example", "url": "u", "limit": 100, "offset": 0}))
		if err != nil || string(got) != want {
			t.Errorf("%s sends %s, not %s; %v", op, got, want, err)
		}
	}
}

// TestSpellingsOfNone reads the ways in which services report that there is no
// callback.
func TestSpellingsOfNone(t *testing.T) {
	t.Parallel()
	none := []string{"-", "unset", sesapi.NoneMissing, sesapi.NoneNotFound}
	table := tableWith(t, map[sesapi.Operation]sesapi.Override{
		sesapi.GetAccountCallback:  {None: none},
		sesapi.ListSenderCallbacks: {None: none},
	})
	for _, answer := range []string{`{"Url":"-"}`, `{"Url":"unset"}`, `{"Url":" "}`, `{}`, `{"Error":{"Code":"ResourceNotFound.Callback","Message":"x"},"RequestId":"r"}`} {
		c := respond(t, func(string, int, map[string]any) string { return answer })
		c.table = table
		snapshot, err := c.Load(t.Context(), callback.PartAccount)
		if err != nil || snapshot.Callbacks.Len() != 0 {
			t.Errorf("%s: %d callbacks, %v", answer, snapshot.Callbacks.Len(), err)
		}
	}
	c := respond(t, func(string, int, map[string]any) string {
		return `{"Total":2,"AddressTrackUrlList":[{"Address":"a@b.example","TrackUrl":"-"},{"Address":"c@b.example"}]}`
	})
	c.table = table
	if snapshot, err := c.Load(t.Context(), callback.PartSenderCallbacks); err != nil || snapshot.Callbacks.Len() != 0 {
		t.Errorf("%d callbacks, %v", snapshot.Callbacks.Len(), err)
	}
}

// TestWithoutTotal reads a list whose answer does not give the total.
func TestWithoutTotal(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows  sesapi.Override
		count int
		calls int
	}{
		"pages":    {sesapi.Override{Response: map[string]string{"total": ""}}, 250, 3},
		"full":     {sesapi.Override{Response: map[string]string{"total": ""}}, 200, 3},
		"one page": {sesapi.Override{Response: map[string]string{"total": ""}, Request: map[string]string{"offset": "", "limit": ""}}, 30, 1},
	} {
		calls := 0
		c := respond(t, func(_ string, n int, in map[string]any) string {
			calls = n
			offset, _ := in["Offset"].(float64)
			return listing(0, int(offset), min(test.count, int(offset)+100))
		})
		c.table = tableWith(t, map[sesapi.Operation]sesapi.Override{sesapi.ListSenderCallbacks: test.rows})
		snapshot, err := c.Load(t.Context(), callback.PartSenderCallbacks)
		if err != nil || snapshot.Callbacks.Len() != test.count || calls != test.calls {
			t.Errorf("%s: %d callbacks in %d calls, %v", name, snapshot.Callbacks.Len(), calls, err)
		}
	}
}

// TestOff checks that an operation is not called if the profile switches it off.
func TestOff(t *testing.T) {
	t.Parallel()
	c := respond(t, func(action string, _ int, _ map[string]any) string { t.Errorf("%s was called", action); return "{}" })
	c.table = tableWith(t, map[sesapi.Operation]sesapi.Override{sesapi.GetAccountCallback: {Off: true}, sesapi.SetAccountCallback: {Off: true}})
	_, err := c.Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "get-account-callback: off", "api learn", "api probe", "--blind")
	_, err = c.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL("https://hooks.example.com:8080/")))
	checkError(t, err, failure.Failure, "set-account-callback: off", "api learn")
}

// TestPagesSideBySide reads pages at the same time, each once.
func TestPagesSideBySide(t *testing.T) {
	t.Parallel()
	const all = 2050
	offsets := map[int]int{}
	c := respond(t, func(_ string, _ int, in map[string]any) string {
		offset, _ := in["Offset"].(float64)
		offsets[int(offset)]++
		return listing(all, int(offset), min(all, int(offset)+100))
	})
	snapshot, err := c.Load(t.Context(), callback.PartSenderCallbacks)
	want := map[int]int{}
	for offset := 0; offset < all; offset += 100 {
		want[offset] = 1
	}
	if err != nil || snapshot.Callbacks.Len() != all || !reflect.DeepEqual(offsets, want) {
		t.Errorf("%d callbacks, offsets %s, %v", snapshot.Callbacks.Len(), fmt.Sprint(offsets), err)
	}
}
