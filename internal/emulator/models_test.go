package emulator_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// everyAction returns calls of all published actions. Each of them succeeds, and
// together their answers have a value in every field. A call of "" waits until no event
// is pending.
func everyAction() []step {
	const content = `"TemplateContent":{"Html":"PHA+e3tuYW1lfX08L3A+","Text":"e3tuYW1lfX0="}`
	batch := func(id, more string) string {
		return `{"FromEmailAddress":"` + news + `","ReceiverId":` + id + `,"Subject":"s","Template":{"TemplateID":1,"TemplateData":"{\"name\":\"x\"}"},` +
			`"ReplyToAddresses":"r@x.com","Unsubscribe":"12","ADLocation":2,` + more + `}`
	}
	const day = `"StartDate":"2026-03-04","EndDate":"2026-03-04"`
	const all = `"Offset":0,"Limit":100`
	return []step{
		{"CreateEmailIdentity", `{"EmailIdentity":"new.example.com","DKIMOption":1,"TagList":[{"TagKey":"team","TagValue":"a"}]}`, ""},
		{"UpdateEmailIdentity", `{"EmailIdentity":"new.example.com","NewAPI":true,"DKIMOption":2}`, ""},
		{"GetEmailIdentity", `{"EmailIdentity":"new.example.com"}`, ""},
		{"CreateEmailAddress", `{"EmailAddress":"shop@new.example.com","EmailSenderName":"Shop"}`, ""},
		{"UpdateEmailSmtpPassWord", `{"EmailAddress":"shop@new.example.com","Password":"ABabcdef12"}`, ""},
		{"ListEmailAddress", `{}`, ""},
		{"ListEmailIdentities", `{"TagList":[{"TagKey":"team","TagValue":"a"}],` + all + `}`, ""},
		{"CreateEmailTemplate", `{"TemplateName":"welcome",` + content + `}`, ""},
		{"UpdateEmailTemplate", `{"TemplateID":1,"TemplateName":"hello",` + content + `}`, ""},
		{"GetEmailTemplate", `{"TemplateID":1}`, ""},
		{"ListEmailTemplates", `{` + all + `}`, ""},
		{"CreateReceiver", `{"ReceiversName":"plain","Desc":"d"}`, ""},
		{"CreateReceiver", `{"ReceiversName":"data"}`, ""},
		{"CreateReceiverDetail", `{"ReceiverId":1,"Emails":["a@x.com","not an address"]}`, ""},
		{"CreateReceiverDetailWithData", `{"ReceiverId":2,"Datas":[{"Email":"a@x.com","TemplateData":"{\"name\":\"a\"}"}]}`, ""},
		{"ListReceivers", `{` + all + `,"Status":3,"KeyWord":"a"}`, ""},
		{"ListReceiverDetails", `{"ReceiverId":2,` + all + `,"Status":1,"Email":"a@","CreateTimeBegin":"2026-03-04 00:00:00","CreateTimeEnd":"2026-03-05 00:00:00"}`, ""},
		{"SendEmail", `{"FromEmailAddress":"Acme, Inc. <` + news + `>","Subject":"s","Destination":["open+click@x.com"],"Cc":["spam@x.com"],"Bcc":["bounce@x.com"],` +
			`"ReplyToAddresses":"r@x.com","Template":{"TemplateID":1,"TemplateData":"{\"name\":\"x\"}"},"Attachments":[{"FileName":"a.txt","Content":"YQ=="}],` +
			`"Unsubscribe":"12","TriggerType":1,"SmtpMessageId":"<1@mail.example.com>","SmtpHeaders":"{}","HeaderFrom":"` + news + `"}`, ""},
		{},
		{"GetSendEmailStatus", `{"RequestDate":"2026-03-04",` + all + `,"ToEmailAddress":"open+click@x.com"}`, ""},
		{"GetSendEmailStatus", `{"RequestDate":"2026-03-04",` + all + `,"MessageId":"none"}`, ""},
		{"GetStatisticsReport", `{` + day + `,"Domain":"mail.example.com","ReceivingMailboxType":"x.com"}`, ""},
		{"GetAbuseReport", `{"StartTime":"2026-03-04 00:00:00","EndTime":"2026-03-04 23:59:59",` + all + `,"FromDomain":"mail.example.com","FromAddress":"` + news +
			`","Mta":"x.com","ToAddress":"spam@x.com","TemplateId":"1"}`, ""},
		{"ListBlackEmailAddress", `{` + day + `,` + all + `,"EmailAddress":"bounce@x.com","TaskID":"1"}`, ""},
		{"DeleteBlackList", `{"EmailAddressList":["bounce@x.com"]}`, ""},
		{"BatchSendEmail", batch("2", `"TaskType":1`), ""},
		{"BatchSendEmail", batch("2", `"TaskType":2,"TimedParam":{"BeginTime":"2026-03-05 08:00:00"}`), ""},
		{"BatchSendEmail", batch("2", `"TaskType":3,"CycleParam":{"BeginTime":"2026-03-05 08:00:00","IntervalTime":24,"TermCycle":0}`), ""},
		{"ListSendTasks", `{` + all + `}`, ""},
		{"ListSendTasks", `{` + all + `,"Status":10,"ReceiverId":2,"TaskType":1}`, ""},
		{"CreateCustomBlacklist", `{"Emails":["no@x.com"],"ExpireDate":"2030-01-01"}`, ""},
		{"UpdateCustomBlackList", `{"Id":1,"Email":"never@x.com","ExpireDate":"2030-01-02"}`, ""},
		{"ListCustomBlacklist", `{` + all + `,"Status":2,"Email":"never"}`, ""},
		{"DeleteCustomBlackList", `{"Emails":["never@x.com"]}`, ""},
		{"CreateAddressUnsubscribeConfig", `{"Address":"` + news + `","UnsubscribeConfig":"10","Status":1}`, ""},
		{"UpdateAddressUnsubscribeConfig", `{"Address":"` + news + `","UnsubscribeConfig":"0","Status":0}`, ""},
		{"ListAddressUnsubscribeConfig", `{"Offset":0,"Limit":"100"}`, ""},
		{"ListAddressUnsubscribeConfig", `{"Offset":0,"Limit":100}`, ""},
		{"DeleteAddressUnsubscribeConfig", `{"Address":"` + news + `"}`, ""},
		{"DeleteReceiver", `{"ReceiverId":1}`, ""},
		{"DeleteEmailTemplate", `{"TemplateID":1}`, ""},
		{"DeleteEmailAddress", `{"EmailAddress":"shop@new.example.com"}`, ""},
		{"DeleteEmailIdentity", `{"EmailIdentity":"new.example.com"}`, ""},
	}
}

// model compares answers with the SDK's structs.
type model struct {
	*testing.T
	filled map[string]bool // path of a field → whether an answer had a value in it
}

// TestAnswersHaveTheFieldsOfTheSDK checks that every answer has exactly the fields of its
// struct in models.go, with the types there, and that requests may have every field of
// theirs.
func TestAnswersHaveTheFieldsOfTheSDK(t *testing.T) {
	t.Parallel()
	e := withHook(t, &receiver{}, emulator.Options{})
	m := model{t, map[string]bool{}}
	used := map[string]map[string]any{} // action → the parameters that its calls have
	for _, call := range everyAction() {
		if call.action == "" {
			settle(t, e)
			continue
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, newSigned(call.action, call.body).request())
		method, _ := reflect.TypeFor[*ses.Client]().MethodByName(call.action)
		envelope, _ := method.Type.Out(0).Elem().FieldByName("Response")
		var answer struct{ Response any }
		decoder := json.NewDecoder(strings.NewReader(w.Body.String()))
		decoder.UseNumber()
		if err := decoder.Decode(&answer); err != nil {
			t.Fatalf("%s: %v", call.action, err)
		}
		m.compare(call.action, answer.Response, envelope.Type)
		var params map[string]any
		if err := json.Unmarshal([]byte(call.body), &params); err != nil {
			t.Fatalf("%s: %v", call.action, err)
		}
		if used[call.action] == nil {
			used[call.action] = map[string]any{}
		}
		maps.Copy(used[call.action], params)
	}
	for path, filled := range m.filled {
		if !filled {
			t.Errorf("no answer has a value in %s", path)
		}
	}
	for name, a := range sesapi.PublishedActions() {
		if used[name] == nil {
			t.Errorf("%s is not called", name)
		}
		for _, p := range a.Params {
			if _, given := used[name][p.Name]; !given && p.Type != sesapi.Object {
				t.Errorf("no call of %s has the parameter %s", name, p.Name)
			}
		}
	}
}

// compare compares a value of an answer with the type that the SDK has for it.
func (m model) compare(at string, value any, shape reflect.Type) {
	m.Helper()
	if shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	// The comments of SendTaskData allow null for these two.
	if value == nil && (strings.HasSuffix(at, ".CycleParam") || strings.HasSuffix(at, ".TimedParam")) {
		return
	}
	ok, filled := false, m.filled[at]
	m.filled[at] = true
	switch shape.Kind() {
	case reflect.Struct:
		var fields map[string]any
		if fields, ok = value.(map[string]any); ok {
			m.compareFields(at, fields, shape)
		}
	case reflect.Slice:
		var list []any
		list, ok = value.([]any)
		// No domain of the emulator has an IP address of its own.
		m.filled[at] = filled || len(list) > 0 || strings.HasSuffix(at, ".SendIp")
		for _, element := range list {
			m.compare(at+"[]", element, shape.Elem())
		}
	case reflect.String:
		_, ok = value.(string)
	case reflect.Bool:
		_, ok = value.(bool)
	case reflect.Int64:
		ok = numeric(value, func(text string) error { _, err := strconv.ParseInt(text, 10, 64); return err })
	case reflect.Uint64:
		ok = numeric(value, func(text string) error { _, err := strconv.ParseUint(text, 10, 64); return err })
	}
	if !ok {
		m.Errorf("%s is %v, want a %s", at, value, shape)
	}
}

func numeric(value any, parse func(string) error) bool {
	number, ok := value.(json.Number)
	return ok && parse(number.String()) == nil
}

func (m model) compareFields(at string, fields map[string]any, shape reflect.Type) {
	m.Helper()
	var names []string
	for i := range shape.NumField() {
		field := shape.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if value, there := fields[name]; there {
			m.compare(at+"."+name, value, field.Type)
		}
	}
	slices.Sort(names)
	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, names) {
		m.Errorf("%s has the fields %v, the SDK %v", at, got, names)
	}
}

// spoil sets each parameter, and each field of one, to a wrong value while it calls try.
func spoil(params []sesapi.Param, given map[string]any, wrong []any, try func()) {
	for _, p := range params {
		right, there := given[p.Name]
		for _, value := range wrong {
			given[p.Name] = value
			try()
		}
		delete(given, p.Name)
		try()
		if !there {
			continue
		}
		given[p.Name] = right
		if list, ok := right.([]any); ok {
			right = list[0]
		}
		if fields, ok := right.(map[string]any); ok {
			spoil(p.Fields, fields, wrong, try)
		}
	}
}

// TestWrongRequestsHavePublishedCodes spoils every parameter of every action, one at a
// time and in many ways. The emulator of the test reports each code that is not
// published for its action.
func TestWrongRequestsHavePublishedCodes(t *testing.T) {
	t.Parallel()
	e := withHook(t, &receiver{}, emulator.Options{AllowSimple: true})
	wrong := []any{nil, "", "x", strings.Repeat("x", 2000), "{", "<b>", -1, 0, 101, 1 << 40, 1.5, true, []any{}, []any{""}, []any{1}, []any{"no@x.com", "no@x.com", "x"},
		[]any{map[string]any{}}, []any{map[string]any{"Email": "x", "TemplateData": "{}"}}, map[string]any{}, map[string]any{"Odd": 1},
		map[string]any{"TemplateID": 0, "TemplateData": "{}"}, map[string]any{"TemplateID": 99, "TemplateData": "["}, map[string]any{"Html": "?"},
		"2000-01-01", "2026-03-05", "nobody@mail.example.com", "none.example.com"}
	codes := map[string]struct{}{}
	for _, call := range everyAction() {
		if call.action == "" {
			settle(t, e)
			continue
		}
		for range 2 {
			codes[do(t, e, call.action, call.body).code] = struct{}{}
		}
		var params map[string]any
		if err := json.Unmarshal([]byte(call.body), &params); err != nil {
			t.Fatal(err)
		}
		spoil(sesapi.PublishedActions()[call.action].Params, params, wrong, func() {
			body, err := json.Marshal(params)
			if err != nil {
				t.Fatal(err)
			}
			codes[do(t, e, call.action, string(body)).code] = struct{}{}
		})
		do(t, e, call.action, call.body)
	}
	large := `"TemplateName":"x","TemplateContent":{"Html":"` + strings.Repeat("YWFh", 1<<18) + `","Text":"YWFh"}}`
	for _, call := range []step{{"CreateEmailTemplate", "{" + large, sesapi.CodeTemplateTooLarge}, {"UpdateEmailTemplate", `{"TemplateID":2,` + large, sesapi.CodeInvalidValue}} {
		if got := do(t, e, call.action, call.body); got.code != call.code {
			t.Errorf("%s: %q, want %q", call.action, got.code, call.code)
		}
	}
	t.Logf("%d codes: %v", len(codes), slices.Sorted(maps.Keys(codes)))
	if len(codes) < 45 {
		t.Errorf("only %d codes were answered", len(codes))
	}
}
