package sesapi_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// TestMarks checks each mark. A row that claims more than its source would mislead
// everyone who reads doctor or the reference.
func TestMarks(t *testing.T) {
	t.Parallel()
	want := map[sesapi.Operation]sesapi.Mark{
		sesapi.ListSenders: sesapi.Published, sesapi.CreateSender: sesapi.Published, sesapi.DeleteSender: sesapi.Published,
		sesapi.SendEmail: sesapi.Published, sesapi.SetAccountCallback: sesapi.Published,
		sesapi.GetAccountCallback: sesapi.Inferred, sesapi.ClearAccountCallback: sesapi.Inferred,
		sesapi.ListSenderCallbacks: sesapi.Inferred, sesapi.ChangeSenderCallback: sesapi.Inferred,
		sesapi.CreateSenderCallback: sesapi.Named, sesapi.DeleteSenderCallback: sesapi.Named,
	}
	rows := sesapi.Default().Rows()
	if len(rows) != len(want) {
		t.Errorf("%d rows, want %d", len(rows), len(want))
	}
	for _, r := range rows {
		if r.Mark != want[r.Operation] || r.Source == "" || r.Action == "" || r.Summary == "" {
			t.Errorf("%s: %+v", r.Operation, r)
		}
		text := string(r.Mark)
		if r.Operation == sesapi.SetAccountCallback {
			text = "published once, in 2022"
		}
		if r.MarkText() != text {
			t.Errorf("%s: %s, want %s", r.Operation, r.MarkText(), text)
		}
	}
}

func TestOverride(t *testing.T) {
	t.Parallel()
	table, err := sesapi.Default().With(map[sesapi.Operation]sesapi.Override{
		sesapi.ListSenderCallbacks:  {Request: map[string]string{sesapi.KeyLimit: "Count"}, Response: map[string]string{sesapi.KeyItems: "Data.List"}},
		sesapi.ClearAccountCallback: {Action: "Clear", Request: map[string]string{sesapi.KeyURL: ""}},
	})
	if err != nil {
		t.Fatal(err)
	}
	row := table.Row(sesapi.ListSenderCallbacks)
	if row.Action != "ListAddressTrackUrl" || row.Request[sesapi.KeyLimit] != "Count" || row.Request[sesapi.KeyOffset] != "Offset" ||
		row.Response[sesapi.KeyItems] != "Data.List" || !strings.Contains(row.MarkText(), "replaced") {
		t.Errorf("%+v", row)
	}
	if again := sesapi.Default().Row(sesapi.ListSenderCallbacks); again.Request[sesapi.KeyLimit] != "Limit" || again.Replaced {
		t.Errorf("the default table was changed: %+v", again)
	}
	for want, override := range map[string]map[sesapi.Operation]sesapi.Override{
		"api.nothing: unknown operation":  {"nothing": {Action: "X"}},
		"request.uri: unknown field":      {sesapi.SetAccountCallback: {Request: map[string]string{"uri": "X"}}},
		"response.url: the name is empty": {sesapi.GetAccountCallback: {Response: map[string]string{sesapi.KeyURL: ""}}},
	} {
		if _, err := sesapi.Default().With(override); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not contain %q", err, want)
		}
	}
}
