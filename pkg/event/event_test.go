package event_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

func TestTypesAreThoseOfThePage(t *testing.T) {
	t.Parallel()
	// The row "eventid" of document 1084/39492.
	page := []event.Type{"delivered", "dropped", "bounce", "open", "click", "spamreport", "unsubscribe", "deferred"}
	types := event.Types()
	if len(types) != len(page) {
		t.Fatalf("%d types", len(types))
	}
	for i, info := range types {
		if info.Type != page[i] || info.EventID != int64(i+1) || info.Summary == "" || !info.Type.Known() {
			t.Errorf("%d: %+v", i, info)
		}
		for field, only := range map[string][]event.Type{
			"link": {"click"}, "useragent": {"open", "click"}, "bounceType": {"bounce"}, "reason": {"bounce", "dropped", "deferred"},
		} {
			if has := slices.Contains(info.Fields, field); has != slices.Contains(only, info.Type) {
				t.Errorf("%s: %s: %v", info.Type, field, has)
			}
		}
	}
	if !event.Processed.Known() || event.Type("x").Known() {
		t.Error("Known is wrong")
	}
}

func TestSamplesHaveTheFieldsOfTheirType(t *testing.T) {
	t.Parallel()
	kinds := map[string]event.Kind{}
	for _, f := range event.Fields() {
		kinds[f.Name] = f.Kind
	}
	for _, info := range event.Types() {
		t.Run(string(info.Type), func(t *testing.T) {
			t.Parallel()
			e, err := event.Sample(info.Type)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Validate(); err != nil {
				t.Error(err)
			}
			payload, err := event.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(payload, &got); err != nil {
				t.Fatal(err)
			}
			want := slices.Sorted(slices.Values(append(slices.Clone(info.Fields), "X-Tencentcloudses-Cb-Custom")))
			if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
				t.Errorf("fields %v\nwant %v", names, want)
			}
			for name, value := range got {
				if _, isNumber := value.(float64); isNumber != (kinds[name] == event.Int) {
					t.Errorf("%s is a %T", name, value)
				}
			}
			if got["eventid"] != float64(info.EventID) || got["event"] != string(info.Type) {
				t.Errorf("event %v, eventid %v", got["event"], got["eventid"])
			}
			if again := decode(t, string(payload)); !reflect.DeepEqual(again, e) {
				t.Errorf("decoded %+v", again)
			}
		})
	}
}

func TestBounceSampleIsTheOfficialOne(t *testing.T) {
	t.Parallel()
	got, err := event.Sample(event.Bounce)
	if err != nil {
		t.Fatal(err)
	}
	// These two fields are in the table of the page, but not in its sample.
	got.EventID, got.TaskID = 0, 0
	if want := decode(t, official); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestSampleOptions(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0)
	e, err := event.Sample(event.Open, event.WithTime(at), event.WithSender("news@mail.example.com"),
		event.WithRecipient("a@b.example"), event.WithField("templateId", "7"), event.WithField("x-tencentcloudses-cb-custom", "mine"))
	if err != nil {
		t.Fatal(err)
	}
	if e.Time() != at || e.SentTimestamp != 1699999998 || e.From != "news@mail.example.com" || e.FromDomain != "mail.example.com" ||
		e.Email != "a@b.example" || e.TemplateID != 7 || e.Header("Custom") != "mine" || len(e.Extra) != 1 {
		t.Errorf("got %+v", e)
	}
	if _, err := event.Sample("processed"); err == nil || !strings.Contains(err.Error(), "spamreport") {
		t.Errorf("an undocumented type: %v", err)
	}
	if _, err := event.Sample(event.Open, event.WithField("nope", "1")); !errors.Is(err, event.ErrUnknownField) {
		t.Errorf("a bad option: %v", err)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	tests := []struct{ field, value, wantErr string }{
		{"email", "x@example.com", ""},
		{"reason", "", ""},
		{"bulkid", "b", ""},
		{"timestamp", "12", ""},
		{"taskId", "0", ""},
		{"bounceType", "hard", ""},
		{"X-Tencentcloudses-Cb-Order", "17", ""},
		{"timestamp", "secret", `field "timestamp": expected an integer, found text`},
		{"timestamp", "", `field "timestamp": expected an integer, found nothing`},
		{"timestamp", "1e3", `field "timestamp": expected an integer, found a number with a sign, a fraction or an exponent`},
		{"eventid", "99999999999999999999", `field "eventid": expected an integer, found a number out of the range of 64 bits`},
		{"event", "", `field "event": expected a string that is not empty, found an empty one`},
		{"Email", "x", `no such field: "Email"; headers begin with X-Tencentcloudses-Cb-`},
		{event.HeaderPrefix, "x", `no such field: "X-Tencentcloudses-Cb-"; headers begin with X-Tencentcloudses-Cb-`},
	}
	for _, test := range tests {
		t.Run(test.field+"="+test.value, func(t *testing.T) {
			t.Parallel()
			e, err := event.Sample(event.Bounce)
			if err != nil {
				t.Fatal(err)
			}
			before := e
			err = e.Set(test.field, test.value)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Errorf("got %v, want %s", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(test.value, "hard", "hard_bounce", 1)
			if got, has := e.Get(test.field); got != want || !has {
				t.Errorf("Get = %q, %v", got, has)
			}
			payload, err := event.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			if got := decode(t, string(payload)); !reflect.DeepEqual(got, e) {
				t.Errorf("not in the payload: %s", payload)
			}
			if _, has := before.Get("X-Tencentcloudses-Cb-Order"); has {
				t.Error("the copy changed with it")
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	e := decode(t, `{"event":"open","reason":"","n":12,"s":"text","o":{"a":1},"z":null}`)
	tests := []struct {
		name, want string
		has        bool
	}{
		{"event", "open", true}, {"reason", "", true}, {"link", "", false}, {"taskId", "", false},
		{"n", "12", true}, {"s", "text", true}, {"o", `{"a":1}`, true}, {"z", "null", true}, {"missing", "", false},
	}
	for _, test := range tests {
		if got, has := e.Get(test.name); got != test.want || has != test.has {
			t.Errorf("Get(%q) = %q, %v", test.name, got, has)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*event.Event)
		want string
	}{
		{"as documented", func(*event.Event) {}, ""},
		{"unknown type", func(e *event.Event) { e.Type = "x" }, `field "event": expected a documented type, found another`},
		{"another number", func(e *event.Event) { e.EventID = 1 }, `field "eventid": expected 3 for bounce, found another number`},
		{"a field of another type", func(e *event.Event) { e.Link = "l" }, `field "link": expected it only with [click], found it with bounce`},
		{"no recipient", func(e *event.Event) { e.Email = "" }, `field "email": expected a string, found nothing`},
		{"bounce type", func(e *event.Event) { e.BounceType = "x" }, `field "bounceType": expected soft_bounce or hard_bounce, found another`},
		{"no task", func(e *event.Event) { e.TaskID, e.SentTimestamp = 0, 0 }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e, err := event.Sample(event.Bounce)
			if err != nil {
				t.Fatal(err)
			}
			test.edit(&e)
			got := ""
			if err := e.Validate(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	tests := []struct{ encoded, text string }{
		{"example subject", "example subject"},
		{"=?UTF-8?B?6YKu5Lu25o6o6YCB?=", "邮件推送"},
		{"=?utf-8?q?Gr=C3=BC=C3=9Fe?= from us", "Grüße from us"},
		{"=?x-unknown?B?6YKu?=", "=?x-unknown?B?6YKu?="},
		{"=?UTF-8?B?!!!?=", "=?UTF-8?B?!!!?="},
	}
	for _, test := range tests {
		if got := (event.Event{Subject: test.encoded}).SubjectText(); got != test.text {
			t.Errorf("SubjectText of %q = %q", test.encoded, got)
		}
	}
	long := strings.Repeat("邮件推送 ", 40)
	for _, subject := range []string{"plain", "邮件推送", long} {
		encoded := event.EncodeSubject(subject)
		if strings.ContainsFunc(encoded, func(r rune) bool { return r > 126 || r < 32 }) {
			t.Errorf("%q is not ASCII", encoded)
		}
		if got, err := event.DecodeSubject(encoded); got != subject || err != nil {
			t.Errorf("DecodeSubject(EncodeSubject(%q)) = %q, %v", subject, got, err)
		}
	}
}

func TestFieldName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		spelling      string
		known, header bool
	}{
		"bulkId":                      {"bulkId", true, false},
		"bulkid":                      {"bulkId", true, false},
		"BulkID":                      {"BulkID", false, false},
		"x-tencentcloudses-cb-Custom": {"x-tencentcloudses-cb-Custom", true, true},
		event.HeaderPrefix:            {event.HeaderPrefix, false, false},
		"":                            {"", false, false},
	} {
		if spelling, known := event.FieldName(name); spelling != want.spelling || known != want.known || event.IsHeader(name) != want.header {
			t.Errorf("%q: %q, known %v, a header %v", name, spelling, known, event.IsHeader(name))
		}
		var e event.Event
		if err := e.Set(name, "1"); errors.Is(err, event.ErrUnknownField) == want.known {
			t.Errorf("%q: Set gives %v", name, err)
		}
	}
}
