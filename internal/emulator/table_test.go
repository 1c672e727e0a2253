package emulator_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

type overrides = map[sesapi.Operation]sesapi.Override

type names = map[string]string

func tableWith(t *testing.T, o overrides) sesapi.Table {
	t.Helper()
	table, err := sesapi.Default().With(o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestRenamedTable(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Table: tableWith(t, overrides{
		sesapi.ListSenders:          {Action: "Senders", Response: names{"items": "Data.Page.Senders", "address": "Id.Mail", "name": "Id.Alias"}},
		sesapi.CreateSender:         {Action: "AddSender", Request: names{"address": "Mail", "name": ""}},
		sesapi.GetAccountCallback:   {Action: "GetHook", Response: names{"url": `Data.Hook "Url"`}},
		sesapi.SetAccountCallback:   {Action: "SetHook", Request: names{"url": "Hook"}},
		sesapi.ClearAccountCallback: {Action: "DropHook", Request: names{"url": ""}},
		sesapi.ListSenderCallbacks: {Action: "Hooks", Request: names{"offset": "From", "limit": "Count"},
			Response: names{"items": "Data.Hooks", "total": "Data.Count", "address": "Mail", "url": "Hook.Url"}},
		sesapi.CreateSenderCallback: {Action: "AddHook", Request: names{"address": "Mail", "url": "Hook"}},
	})})
	must(t, e, "AddSender", `{"Mail":"a@x.example.com"}`)
	must(t, e, "SetHook", `{"Hook":"`+url1+`"}`)
	must(t, e, "AddHook", `{"Mail":"`+news+`","Hook":"`+url2+`"}`)
	want := map[string]any{"Data": map[string]any{"Count": 1.0, "Hooks": []any{
		map[string]any{"Mail": news, "Hook": map[string]any{"Url": url2}}}}}
	if got := must(t, e, "Hooks", `{"From":0,"Count":10}`); !reflect.DeepEqual(got, want) {
		t.Errorf("sender callbacks: %v, want %v", got, want)
	}
	if got, want := must(t, e, "GetHook", `{}`), (map[string]any{"Data": map[string]any{`Hook "Url"`: url1}}); !reflect.DeepEqual(got, want) {
		t.Errorf("account callback: %v, want %v", got, want)
	}
	must(t, e, "DropHook", `{}`)
	senders := must(t, e, "Senders", `{}`)["Data"].(map[string]any)["Page"].(map[string]any)["Senders"].([]any)
	id := senders[0].(map[string]any)["Id"]
	if !reflect.DeepEqual(id, map[string]any{"Mail": "a@x.example.com", "Alias": ""}) {
		t.Errorf("sender: %v", senders[0])
	}
	if got := do(t, e, "ListEmailAddress", `{}`); got.code != sesapi.CodeUnsupportedOperation || !strings.Contains(got.message, "Senders") {
		t.Errorf("a published action under another name: %q %s", got.code, got.message)
	}
	for _, gone := range []string{"GetWebhookUrl", "UpdateWebhookUrl", "ListAddressTrackUrl", "CreateAddressTrackUrl"} {
		if got := do(t, e, gone, `{}`); got.code != sesapi.CodeInvalidAction {
			t.Errorf("%s: %q", gone, got.code)
		}
	}
	for _, old := range []step{
		{"SetHook", `{"Url":"` + url1 + `"}`, sesapi.CodeMissingParameter},
		{"SetHook", `{"Hook":""}`, sesapi.CodeIllegalURL},
		{"DropHook", `{"Hook":""}`, sesapi.CodeUnknownParameter},
		{"Hooks", `{"Limit":1}`, sesapi.CodeUnknownParameter},
		{"AddSender", `{"Mail":"b@x.example.com","EmailSenderName":"b"}`, sesapi.CodeUnknownParameter},
	} {
		if got := do(t, e, old.action, old.body); got.code != old.code {
			t.Errorf("%s %s: %q, want %q", old.action, old.body, got.code, old.code)
		}
	}
}

// TestSharedActions checks that operations may share an action if each request shows
// which of them it means.
func TestSharedActions(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Table: tableWith(t, overrides{
		sesapi.ChangeSenderCallback: {Action: "CreateAddressTrackUrl"},
		sesapi.ClearAccountCallback: {Request: names{"url": ""}},
		sesapi.ListSenderCallbacks:  {Request: names{"offset": "", "limit": ""}},
	})})
	for range 2 {
		must(t, e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url1+`"}`)
	}
	if got := must(t, e, "ListAddressTrackUrl", `{}`); got["Total"] != 1.0 {
		t.Errorf("all on one page: %v", got)
	}
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	must(t, e, "UpdateWebhookUrl", `{}`)
	if got := must(t, e, "GetWebhookUrl", `{}`); got["Url"] != "" {
		t.Errorf("after clearing without a URL: %v", got)
	}
	own := open(t, emulator.Options{Table: tableWith(t, overrides{sesapi.ClearAccountCallback: {Action: "DeleteWebhookUrl"}})})
	if got := do(t, own, "DeleteWebhookUrl", `{"Url":"`+url1+`"}`); got.code != sesapi.CodeInvalidValue {
		t.Errorf("clearing with a URL: %q", got.code)
	}
	must(t, own, "DeleteWebhookUrl", `{"Url":""}`)
}

func TestTablesThatCannotBeServed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		overrides overrides
		want      string
	}{
		"one action for two":           {overrides{sesapi.GetAccountCallback: {Action: "UpdateWebhookUrl"}}, "UpdateWebhookUrl"},
		"one action across groups":     {overrides{sesapi.GetAccountCallback: {Action: "ListEmailAddress"}}, "ListEmailAddress"},
		"the action of a fixed one":    {overrides{sesapi.ListSenders: {Action: "ListEmailIdentities"}}, "ListEmailIdentities"},
		"set and clear by other names": {overrides{sesapi.ClearAccountCallback: {Request: names{"url": "Old"}}}, "different names"},
		"no name for what is needed":   {overrides{sesapi.CreateSenderCallback: {Request: names{"url": ""}}}, "no name"},
		"two parameters of one name":   {overrides{sesapi.CreateSenderCallback: {Request: names{"url": "Address"}}}, "Address"},
		"two fields of one name":       {overrides{sesapi.ListSenderCallbacks: {Response: names{"url": "Address"}}}, "same name"},
		"the name of a fixed field":    {overrides{sesapi.ListSenders: {Response: names{"name": "CreatedTimestamp"}}}, "same name"},
		"a field in a value":           {overrides{sesapi.ListSenderCallbacks: {Response: names{"url": "Address.Url"}}}, "an object with other fields"},
		"part of a path is empty":      {overrides{sesapi.GetAccountCallback: {Response: names{"url": "Data..Url"}}}, "empty part"},
		"the name of the request id":   {overrides{sesapi.GetAccountCallback: {Response: names{"url": "RequestId"}}}, "RequestId"},
		"the name of the error":        {overrides{sesapi.GetAccountCallback: {Response: names{"url": "Error.Url"}}}, "Error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := emulator.Open(context.Background(), emulator.Options{Table: tableWith(t, test.overrides)})
			if err == nil || failure.KindOf(err) != failure.Usage || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestIllegalSenders(t *testing.T) {
	t.Parallel()
	for _, senders := range [][]string{{"nobody"}, {news, "News@mail.example.com"}} {
		if _, err := emulator.Open(t.Context(), emulator.Options{Senders: senders}); failure.KindOf(err) != failure.Usage || err == nil {
			t.Errorf("%v: %v", senders, err)
		}
	}
}
