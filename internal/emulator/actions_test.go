package emulator_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	news = "news@mail.example.com"
	url1 = "https://hooks.example.com:8080/ses"
	url2 = "https://hooks.example.com:8081/ses?token=secret"
)

// step is one call and the expected error code; "" is success.
type step struct{ action, body, code string }

// TestActionErrors checks every error of the actions. The steps before a call make
// the state for it.
func TestActionErrors(t *testing.T) {
	t.Parallel()
	create := step{"CreateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"` + url1 + `"}`, ""}
	tests := map[string][]step{
		"unknown action":           {{"DescribeInstances", `{}`, sesapi.CodeInvalidAction}},
		"an invented action":       {{"SendMail", `{}`, sesapi.CodeInvalidAction}},
		"action in other case":     {{"listemailaddress", `{}`, sesapi.CodeInvalidAction}},
		"not JSON":                 {{"ListEmailAddress", `{`, sesapi.CodeInvalidParameter}},
		"an array":                 {{"ListEmailAddress", `[]`, ""}, {"CreateEmailAddress", `[]`, sesapi.CodeInvalidParameter}},
		"null":                     {{"ListEmailAddress", `null`, ""}, {"CreateEmailAddress", `null`, sesapi.CodeInvalidParameter}},
		"two objects":              {{"ListEmailAddress", `{}{}`, sesapi.CodeInvalidParameter}},
		"deep":                     {{"GetWebhookUrl", `{"a":` + strings.Repeat("[", 20000), sesapi.CodeInvalidParameter}},
		"no body":                  {{"ListEmailAddress", ``, ""}},
		"spaces":                   {{"ListEmailAddress", " {} \n", ""}},
		"unknown parameter":        {{"ListEmailAddress", `{"Limit":1}`, sesapi.CodeUnknownParameter}},
		"empty name":               {{"GetWebhookUrl", `{"":1}`, sesapi.CodeUnknownParameter}},
		"name in other case":       {{"UpdateWebhookUrl", `{"url":"x"}`, sesapi.CodeMissingParameter}},
		"known and unknown":        {{"UpdateWebhookUrl", `{"Url":"` + url1 + `","X":1}`, sesapi.CodeUnknownParameter}},
		"missing parameter":        {{"CreateAddressTrackUrl", `{"Address":"` + news + `"}`, sesapi.CodeMissingParameter}},
		"null parameter":           {{"UpdateWebhookUrl", `{"Url":null}`, sesapi.CodeMissingParameter}},
		"optional null":            {{"ListAddressTrackUrl", `{"Limit":null,"Offset":null}`, ""}},
		"number for a string":      {{"UpdateWebhookUrl", `{"Url":8080}`, sesapi.CodeInvalidParameter}},
		"string for a number":      {{"ListAddressTrackUrl", `{"Limit":"10"}`, ""}, {"ListAddressTrackUrl", `{"Limit":"ten"}`, sesapi.CodeInvalidParameter}, {"ListAddressTrackUrl", `{"Offset":"0"}`, sesapi.CodeInvalidParameter}},
		"fraction for a number":    {{"ListAddressTrackUrl", `{"Limit":1.5}`, sesapi.CodeInvalidParameter}},
		"number out of range":      {{"ListAddressTrackUrl", `{"Limit":1e30}`, sesapi.CodeInvalidParameter}},
		"object for a list":        {{"ListEmailIdentities", `{"TagList":{}}`, sesapi.CodeInvalidParameter}},
		"limit of 100":             {{"ListAddressTrackUrl", `{"Limit":100}`, ""}},
		"limit over 100":           {{"ListAddressTrackUrl", `{"Limit":101}`, sesapi.CodeInvalidValue}},
		"limit of 0":               {{"ListAddressTrackUrl", `{"Limit":0}`, sesapi.CodeInvalidValue}},
		"negative offset":          {{"ListAddressTrackUrl", `{"Offset":-1}`, sesapi.CodeInvalidValue}},
		"limit of domains":         {{"ListEmailIdentities", `{"Limit":101}`, sesapi.CodeInvalidValue}},
		"illegal port":             {{"UpdateWebhookUrl", `{"Url":"https://hooks.example.com/ses"}`, sesapi.CodeIllegalURL}},
		"no URL":                   {{"CreateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"nonsense"}`, sesapi.CodeIllegalURL}},
		"empty sender URL":         {{"CreateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":""}`, sesapi.CodeIllegalURL}},
		"private host":             {{"UpdateWebhookUrl", `{"Url":"http://127.0.0.1:8080/"}`, ""}},
		"clear nothing":            {{"UpdateWebhookUrl", `{"Url":""}`, ""}},
		"illegal address":          {{"CreateEmailAddress", `{"EmailAddress":"nobody"}`, sesapi.CodeIllegalEmailAddress}},
		"illegal address, URL":     {{"CreateAddressTrackUrl", `{"Address":"nobody","TrackUrl":"` + url1 + `"}`, sesapi.CodeIllegalEmailAddress}},
		"illegal, delete":          {{"DeleteAddressTrackUrl", `{"Address":""}`, sesapi.CodeIllegalEmailAddress}},
		"illegal, delete it":       {{"DeleteEmailAddress", `{"EmailAddress":"x"}`, sesapi.CodeInvalidValue}},
		"second address":           {{"CreateEmailAddress", `{"EmailAddress":"News@MAIL.example.com"}`, sesapi.CodeRepeatEmailAddress}},
		"unknown sender":           {{"CreateAddressTrackUrl", `{"Address":"x@example.com","TrackUrl":"` + url1 + `"}`, sesapi.CodeNoSuchSender}},
		"unknown, change":          {{"UpdateAddressTrackUrl", `{"Address":"x@example.com","TrackUrl":"` + url1 + `"}`, sesapi.CodeNoSuchSender}},
		"unknown, delete":          {{"DeleteAddressTrackUrl", `{"Address":"x@example.com"}`, sesapi.CodeNoSuchSender}},
		"unknown, delete it":       {{"DeleteEmailAddress", `{"EmailAddress":"x@example.com"}`, sesapi.CodeNoSuchSender}},
		"second creation":          {create, {create.action, create.body, sesapi.CodeRepeatCreation}},
		"change what is not there": {{"UpdateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"` + url1 + `"}`, sesapi.CodeResourceNotFound}},
		"delete what is not there": {{"DeleteAddressTrackUrl", `{"Address":"` + news + `"}`, sesapi.CodeResourceNotFound}},
		"delete twice": {create, {"DeleteAddressTrackUrl", `{"Address":"` + news + `"}`, ""},
			{"DeleteAddressTrackUrl", `{"Address":"` + news + `"}`, sesapi.CodeResourceNotFound}},
		"callback goes with its address": {create, {"DeleteEmailAddress", `{"EmailAddress":"` + news + `"}`, ""},
			{"CreateEmailAddress", `{"EmailAddress":"` + news + `"}`, ""}, create},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t, emulator.Options{})
			for _, s := range steps {
				got := do(t, e, s.action, s.body)
				if got.code != s.code {
					t.Fatalf("%s: %q: %s, want %q", s.action, got.code, got.message, s.code)
				}
				if strings.Contains(got.message, "secret") {
					t.Errorf("the message holds a secret: %s", got.message)
				}
			}
		})
	}
}

// TestUnknownNames checks the messages about unknown names. The gateway writes a name
// between grave accents. Control characters stay escaped.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for _, c := range []struct{ action, body, want string }{
		{"SendMail", `{}`, "The request action=`SendMail` is invalid or not found in service=`ses` and version=`2020-10-02`."},
		{"ListEmailAddress", `{"Limit":1}`, "The parameter `Limit` is not recognized."},
		{"ListEmailAddress", `{"\u001b[31m":1}`, "The parameter `\\x1b[31m` is not recognized."},
		{"ListEmailAddress", `{"":1}`, "The parameter `` is not recognized."},
	} {
		if got := do(t, e, c.action, c.body); got.message != c.want {
			t.Errorf("%s %s: %s, want %s", c.action, c.body, got.message, c.want)
		}
	}
}

func TestCommonParameters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header, value, code string
	}{
		"no action":        {"X-TC-Action", "", sesapi.CodeMissingParameter},
		"no version":       {"X-TC-Version", "", sesapi.CodeMissingParameter},
		"no region":        {"X-TC-Region", "", sesapi.CodeMissingParameter},
		"wrong version":    {"X-TC-Version", "2017-03-12", sesapi.CodeNoSuchVersion},
		"another region":   {"X-TC-Region", "eu-frankfurt", sesapi.CodeUnsupportedRegion},
		"hong kong":        {"X-TC-Region", "ap-hongkong", ""},
		"singapore":        {"X-TC-Region", "ap-singapore", ""},
		"form":             {"Content-Type", "application/x-www-form-urlencoded", sesapi.CodeMissingParameter},
		"plain text":       {"Content-Type", "text/plain", sesapi.CodeUnsupportedProtocol},
		"language and all": {"X-TC-Language", "zh-CN", ""},
	}
	e := open(t, emulator.Options{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSigned("ListEmailAddress", "{}")
			s.header[test.header] = test.value
			if test.header == "Content-Type" {
				s.contentType = test.value
			}
			if got := serve(t, e, s.request()); got.code != test.code {
				t.Errorf("%q: %s, want %q", got.code, got.message, test.code)
			}
		})
	}
	get := newSigned("ListEmailAddress", "{}").request()
	get.Method = http.MethodPut
	if got := serve(t, e, get); got.code != sesapi.CodeUnsupportedProtocol {
		t.Errorf("PUT: %q", got.code)
	}
	r := newSigned("ListEmailAddress", "{}").request()
	r.URL.Path = "/v2"
	if got := serve(t, e, r); got.code != sesapi.CodeUnsupportedProtocol {
		t.Errorf("another path: %q", got.code)
	}
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != "" {
		t.Errorf("fresh account: %v", got)
	}
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != url1 {
		t.Errorf("after setting: %v", got)
	}
	must(t, e, "UpdateWebhookUrl", `{"Url":""}`)
	if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != "" {
		t.Errorf("after clearing: %v", got)
	}
	// An address has several spellings.
	must(t, e, "CreateAddressTrackUrl", `{"Address":"News <NEWS@Mail.Example.com>","TrackUrl":"`+url1+`"}`)
	must(t, e, "CreateAddressTrackUrl", `{"Address":"noreply@mail.example.com","TrackUrl":"`+url1+`"}`)
	must(t, e, "UpdateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url2+`"}`)
	want := map[string]any{"Total": 2.0, "AddressTrackUrlList": []any{
		map[string]any{"Address": news, "TrackUrl": url2},
		map[string]any{"Address": "noreply@mail.example.com", "TrackUrl": url1}}}
	if got := must(t, e, "ListAddressTrackUrl", "{}"); !reflect.DeepEqual(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	must(t, e, "DeleteEmailAddress", `{"EmailAddress":"`+news+`"}`)
	if got := must(t, e, "ListAddressTrackUrl", "{}"); got["Total"] != 1.0 {
		t.Errorf("after the address was deleted: %v", got)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	const n = 250
	senders := manySenders(n)
	e := open(t, emulator.Options{Senders: senders})
	for i := range n {
		must(t, e, "CreateAddressTrackUrl", `{"Address":"`+senders[(i*7)%n]+`","TrackUrl":"`+url1+`"}`)
	}
	var listed []string
	for _, length := range []int{100, 100, 50, 0} {
		got := must(t, e, "ListAddressTrackUrl", fmt.Sprintf(`{"Offset":%d,"Limit":100}`, len(listed)))
		items, _ := got["AddressTrackUrlList"].([]any)
		if len(items) != length || got["Total"] != float64(n) {
			t.Fatalf("page at %d: %d items of %v", len(listed), len(items), got["Total"])
		}
		for _, item := range items {
			listed = append(listed, item.(map[string]any)["Address"].(string))
		}
		if length == 0 {
			break
		}
	}
	if !reflect.DeepEqual(listed, senders) {
		t.Errorf("the pages are not all addresses in order: %v", listed)
	}
	if got := must(t, e, "ListAddressTrackUrl", `{"Offset":9223372036854775807}`); len(got["AddressTrackUrlList"].([]any)) != 0 {
		t.Errorf("behind the end: %v", got)
	}
	domains := must(t, e, "ListEmailIdentities", `{"Offset":20,"Limit":10}`)
	if items := domains["EmailIdentities"].([]any); len(items) != 5 || domains["Total"] != 25.0 {
		t.Errorf("domains: %v", domains)
	}
	if got := must(t, e, "ListEmailIdentities", `{"TagList":[{"TagKey":"a","TagValue":"b"}]}`); got["Total"] != 0.0 {
		t.Errorf("domains with a tag: %v", got)
	}
}

func TestSenderLimit(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Senders: []string{}})
	if got := must(t, e, "ListEmailAddress", "{}"); !reflect.DeepEqual(got, map[string]any{"EmailSenders": []any{}}) {
		t.Errorf("no senders: %v", got)
	}
	for i := range 10 {
		must(t, e, "CreateEmailAddress", fmt.Sprintf(`{"EmailAddress":"s%d@a.example.com"}`, i))
	}
	eleventh := `{"EmailAddress":"x@a.example.com"}`
	if got := do(t, e, "CreateEmailAddress", eleventh); got.code != sesapi.CodeExceedSenderLimit {
		t.Errorf("the eleventh of a domain: %q", got.code)
	}
	must(t, e, "CreateEmailAddress", `{"EmailAddress":"x@b.example.com"}`)
	must(t, e, "DeleteEmailAddress", `{"EmailAddress":"s3@a.example.com"}`)
	must(t, e, "CreateEmailAddress", eleventh)
	// A domain is removed with its last address.
	must(t, e, "DeleteEmailAddress", `{"EmailAddress":"x@b.example.com"}`)
	if got := must(t, e, "ListEmailIdentities", "{}"); got["Total"] != 1.0 {
		t.Errorf("domains: %v", got)
	}
}

func TestPolicyPorts(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Policy: callback.Policy{Ports: []int{443}}})
	must(t, e, "UpdateWebhookUrl", `{"Url":"https://hooks.example.com:443/ses"}`)
	if got := do(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`); got.code != sesapi.CodeIllegalURL {
		t.Errorf("a port that is not listed: %q", got.code)
	}
}
