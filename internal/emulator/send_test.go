package emulator_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ events, reason string }{
		"someone@x.com":     {"delivered", ""},
		"bounce@x.com":      {"bounce", "551 5.1.1 recipient is not exist"},
		"Bounce@X.com":      {"bounce", "551 5.1.1 recipient is not exist"},
		"soft-bounce@x.com": {"bounce", "452 4.2.2 mailbox is full"},
		"drop@x.com":        {"dropped", "recipient is in the blocklist"},
		"defer@x.com":       {"deferred delivered", "451 4.7.1 try again later"},
		"spam@x.com":        {"delivered spamreport", ""},
		"open@x.com":        {"delivered open", ""},
		"click@x.com":       {"delivered click", ""},
		"unsubscribe@x.com": {"delivered unsubscribe", ""},
		"bounced@x.com":     {"delivered", ""},
		"bounce+1@x.com":    {"bounce", "551 5.1.1 recipient is not exist"},
	}
	for recipient, test := range tests {
		t.Run(recipient, func(t *testing.T) {
			t.Parallel()
			c := &receiver{}
			e := withHook(t, c, emulator.Options{})
			send(t, e, recipient)
			settle(t, e)
			if got := c.seen(); got != test.events {
				t.Fatalf("%s, want %s", got, test.events)
			}
			for _, got := range c.got {
				if err := got.Validate(); err != nil {
					t.Errorf("not as documented: %v", err)
				}
				if got.Email != recipient {
					t.Errorf("recipient %s", got.Email)
				}
			}
			if got := c.got[0].Reason; got != test.reason {
				t.Errorf("reason %q, want %q", got, test.reason)
			}
			soft := c.got[0].BounceType == event.SoftBounce
			if soft != strings.HasPrefix(recipient, "soft") {
				t.Errorf("bounce type %q", c.got[0].BounceType)
			}
		})
	}
}

// TestSendEmailBySDK sends with the official SDK. The event has the fields that the
// document lists.
func TestSendEmailBySDK(t *testing.T) {
	t.Parallel()
	c := &receiver{}
	e := withHook(t, c, emulator.Options{Now: time.Now})
	before := time.Now().Unix()
	client := sdkClient(t, start(t, e), nil)
	request := ses.NewSendEmailRequest()
	request.FromEmailAddress = common.StringPtr("Zeitung für alle <News@mail.example.com>")
	request.Destination = common.StringPtrs([]string{"a@x.com"})
	request.Cc = common.StringPtrs([]string{"bounce@x.com"})
	request.Bcc = common.StringPtrs([]string{"c@x.com"})
	request.Subject = common.StringPtr("Grüße, 世界")
	request.ReplyToAddresses = common.StringPtr("reply@mail.example.com")
	request.Template = &ses.Template{TemplateID: common.Uint64Ptr(123456), TemplateData: common.StringPtr(`{"name":"x"}`)}
	request.Attachments = []*ses.Attachment{{FileName: common.StringPtr("a.txt"), Content: common.StringPtr("YQ==")}}
	request.Unsubscribe, request.TriggerType = common.StringPtr("2"), common.Uint64Ptr(1)
	request.SmtpMessageId = common.StringPtr("id-1@mail.example.com")
	request.SmtpHeaders = common.StringPtr(`{"X-Tencentcloudses-Cb-Order":"17","X-Other":"18"}`)
	request.HeaderFrom = common.StringPtr("news@mail.example.com")
	response, err := client.SendEmail(request)
	if err != nil {
		t.Fatal(err)
	}
	id := *response.Response.MessageId
	if !regexp.MustCompile(`^qcloudses-30-\d+-date-\d{14}-[0-9A-Za-z]{13}$`).MatchString(id) {
		t.Errorf("MessageId %q", id)
	}
	settle(t, e)
	if len(c.got) != 3 {
		t.Fatalf("%d events", len(c.got))
	}
	got := c.got[1]
	want := event.Event{
		Type: event.Bounce, Email: "bounce@x.com", BulkID: id, Timestamp: got.Timestamp,
		Reason: "551 5.1.1 recipient is not exist", BounceType: event.HardBounce, Username: strings.Split(id, "-")[2],
		From: "news@mail.example.com", FromDomain: "mail.example.com", TemplateID: 123456, Subject: got.Subject,
		MessageID: "id-1@mail.example.com", EventID: 3, SentTimestamp: got.Timestamp,
		Extra: map[string]json.RawMessage{"X-Tencentcloudses-Cb-Order": json.RawMessage(`"17"`)},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("event\n%+v, want\n%+v", got, want)
	}
	if !strings.HasPrefix(got.Subject, "=?UTF-8?") || got.SubjectText() != *request.Subject {
		t.Errorf("subject %q", got.Subject)
	}
	if got.Timestamp < before || got.Timestamp > time.Now().Unix() {
		t.Errorf("timestamp %d", got.Timestamp)
	}
}

// TestMessageIDTime checks that the time in a MessageId is China's, as in the sample
// of the document.
func TestMessageIDTime(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	if id := send(t, e, "a@x.com"); !strings.Contains(id, "-date-20260304200000-") {
		t.Error(id)
	}
	if first, second := send(t, e, "a@x.com"), send(t, e, "a@x.com"); first == second {
		t.Errorf("two messages have the id %s", first)
	}
}

func TestSenderCallbackOverridesAccountCallback(t *testing.T) {
	t.Parallel()
	c := &receiver{}
	e := withHook(t, c, emulator.Options{})
	const own = "http://localhost:8081/own?token=a"
	must(t, e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+own+`"}`)
	must(t, e, "SendEmail", mail(news, "a@x.com"))
	settle(t, e)
	must(t, e, "SendEmail", mail("noreply@mail.example.com", "a@x.com"))
	settle(t, e)
	if len(c.urls) != 2 || c.urls[0] != own || c.urls[1] != hook {
		t.Errorf("POSTed to %v", c.urls)
	}
}

func TestCustomHeaders(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ given, want, code string }{
		"none":        {"", "", ""},
		"object":      {`{"x-tencentcloudses-cb-A":"1"}`, "1", ""},
		"lines":       {"X-Other: 0\r\nX-Tencentcloudses-Cb-A: 1\r\n", "1", ""},
		"not ASCII":   {`{"X-Tencentcloudses-Cb-A":"ü"}`, "ü", ""},
		"not strings": {`{"X-Tencentcloudses-Cb-A":1}`, "", sesapi.CodeInvalidValue},
		"cut":         {`{"X-Tencentcloudses-Cb-A":`, "", sesapi.CodeInvalidValue},
		"no header":   {"hello", "", sesapi.CodeInvalidValue},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &receiver{}
			e := withHook(t, c, emulator.Options{})
			headers, _ := json.Marshal(test.given)
			got := do(t, e, "SendEmail", strings.TrimSuffix(mail(news, "a@x.com"), "}")+`,"SmtpHeaders":`+string(headers)+"}")
			if got.code != test.code {
				t.Fatalf("%q: %s, want %q", got.code, got.message, test.code)
			}
			if settle(t, e); test.code == "" && c.got[0].Header("A") != test.want {
				t.Errorf("header %q, want %q", c.got[0].Header("A"), test.want)
			}
		})
	}
}

func TestSendEmailErrors(t *testing.T) {
	t.Parallel()
	with := func(fields string) string {
		return `{"FromEmailAddress":"` + news + `","Subject":"s","Destination":["a@x.com"],` + fields + `}`
	}
	const content = `"Template":{"TemplateID":1,"TemplateData":"{}"}`
	many := func(n int) string { return `["` + strings.Repeat(`a@x.com","`, n-1) + `a@x.com"]` }
	tests := map[string]struct{ body, code string }{
		"unknown sender":            {mail("nobody@mail.example.com", "a@x.com"), sesapi.CodeNotAuthenticatedSender},
		"sender is not an address":  {mail("News mail.example.com", "a@x.com"), sesapi.CodeIncorrectSender},
		"no sender":                 {`{"Subject":"s","Destination":["a@x.com"],` + content + `}`, sesapi.CodeMissingParameter},
		"no subject":                {`{"FromEmailAddress":"` + news + `","Destination":["a@x.com"],` + content + `}`, sesapi.CodeMissingParameter},
		"empty subject":             {`{"FromEmailAddress":"` + news + `","Subject":" ","Destination":["a@x.com"],` + content + `}`, sesapi.CodeInvalidValue},
		"long subject":              {`{"FromEmailAddress":"` + news + `","Subject":"` + strings.Repeat("值", 999) + `","Destination":["a@x.com"],` + content + `}`, sesapi.CodeInvalidValue},
		"long Message-ID":           {with(content + `,"SmtpMessageId":"` + strings.Repeat("i", 999) + `"`), sesapi.CodeInvalidValue},
		"long headers":              {with(content + `,"SmtpHeaders":"X: ` + strings.Repeat("h", 16<<10) + `"`), sesapi.CodeInvalidValue},
		"no recipient":              {`{"FromEmailAddress":"` + news + `","Subject":"s",` + content + `}`, sesapi.CodeNoAddress},
		"recipient no address":      {mail(news, "a@x.com", "x"), sesapi.CodeIncorrectEmail},
		"recipient no string":       {`{"FromEmailAddress":"` + news + `","Subject":"s","Destination":[1],` + content + `}`, sesapi.CodeInvalidParameter},
		"too many recipients":       {`{"FromEmailAddress":"` + news + `","Subject":"s","Destination":` + many(51) + `,` + content + `}`, sesapi.CodeTooManyRecipients},
		"too many copies":           {with(`"Cc":` + many(21) + `,` + content), sesapi.CodeTooManyRecipients},
		"blind and not":             {with(`"Bcc":["a@x.com"],` + content), sesapi.CodeInvalidValue},
		"blind and not, other case": {with(`"Bcc":["A@X.com"],` + content), sesapi.CodeInvalidValue},
		"no content":                {with(`"Unsubscribe":"0"`), sesapi.CodeMissingContent},
		"template no object":        {with(`"Template":7`), sesapi.CodeInvalidParameter},
		"template without id":       {with(`"Template":{"TemplateData":"{}"}`), sesapi.CodeMissingParameter},
		"template id a string":      {with(`"Template":{"TemplateID":"7","TemplateData":"{}"}`), sesapi.CodeInvalidParameter},
		"template data":             {with(`"Template":{"TemplateID":7,"TemplateData":"{"}`), sesapi.CodeWrongContentJSON},
		"template id zero":          {with(`"Template":{"TemplateID":0,"TemplateData":"{}"}`), sesapi.CodeInvalidTemplate},
		"no template data":          {with(`"Template":{"TemplateID":7}`), sesapi.CodeMissingParameter},
		"unknown in template":       {with(`"Template":{"TemplateID":7,"TemplateData":"{}","TemplateId2":7}`), sesapi.CodeUnknownParameter},
		"simple no base64":          {with(`"Simple":{"Html":"<p>"}`), sesapi.CodeWrongContent},
		"simple unknown":            {with(`"Simple":{"Markdown":""}`), sesapi.CodeUnknownParameter},
		"attachment no base64":      {with(content + `,"Attachments":[{"FileName":"a","Content":"?"}]`), sesapi.CodeWrongAttachment},
		"attachment by URL":         {with(content + `,"Attachments":[{"FileName":"a","FileURL":"https://example.com/a"}]`), sesapi.CodeUnsupportedOperation},
		"attachment unknown":        {with(content + `,"Attachments":[{"FileName":"a","Name":"a"}]`), sesapi.CodeUnknownParameter},
		"attachments too many":      {with(content + `,"Attachments":[` + strings.Repeat(`{"FileName":"a"},`, 10) + `{"FileName":"a"}]`), sesapi.CodeTooManyAttachments},
		"trigger no number":         {with(content + `,"TriggerType":"1"`), sesapi.CodeInvalidParameter},
		"unknown parameter":         {with(content + `,"From":"a"`), sesapi.CodeUnknownParameter},
		"trigger negative":          {with(content + `,"TriggerType":-1`), sesapi.CodeInvalidValue},
		"trigger too large":         {with(content + `,"TriggerType":2`), sesapi.CodeInvalidValue},
		"simple in small case":      {with(`"Simple":{"html":"YQ=="}`), sesapi.CodeUnknownParameter},
		"tags":                      {with(content + `,"TagList":[]`), sesapi.CodeUnknownParameter},
		"attachment no name":        {with(content + `,"Attachments":[{"Content":"YQ=="}]`), sesapi.CodeMissingParameter},
		"attachment name long":      {with(content + `,"Attachments":[{"FileName":"` + strings.Repeat("n", 256) + `","Content":"YQ=="}]`), sesapi.CodeInvalidValue},
		"attachments too big":       {with(content + `,"Attachments":[{"FileName":"a","Content":"` + strings.Repeat("AAAA", 1<<20) + `"},{"FileName":"b","Content":"` + strings.Repeat("AAAA", 1<<19) + `"}]`), sesapi.CodeAttachmentTooLarge},
		"a colon in the alias":      {strings.Replace(mail(news, "a@x.com"), news, "News: all <"+news+">", 1), sesapi.CodeIncorrectSender},
		"no space after the alias":  {strings.Replace(mail(news, "a@x.com"), news, "News<"+news+">", 1), sesapi.CodeIncorrectSender},
		"two spaces after it":       {strings.Replace(mail(news, "a@x.com"), news, "News  <"+news+">", 1), sesapi.CodeIncorrectSender},
		"brackets alone":            {strings.Replace(mail(news, "a@x.com"), news, "<"+news+">", 1), ""},
		"alias with a comma":        {strings.Replace(mail(news, "a@x.com"), news, "Acme, Inc. <"+news+">", 1), ""},
		"alias with brackets":       {strings.Replace(mail(news, "a@x.com"), news, "A <b> c <"+news+">", 1), ""},
		"subject of 998 signs":      {strings.Replace(mail(news, "a@x.com"), `"s"`, `"`+strings.Repeat("值", 998)+`"`, 1), ""},
		"simple":                    {with(`"Simple":{"Html":"YQ==","Text":"YQ=="}`), ""},
		"many":                      {`{"FromEmailAddress":"` + news + `","Subject":"s","Destination":` + many(50) + `,` + content + `}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &receiver{}
			e := withHook(t, c, emulator.Options{AllowSimple: true})
			got := do(t, e, "SendEmail", test.body)
			if got.code != test.code {
				t.Fatalf("%q: %s, want %q", got.code, got.message, test.code)
			}
			settle(t, e)
			if sent := len(deliveries(t, e)) > 0; sent != (test.code == "") {
				t.Errorf("events: %v", sent)
			}
			for _, got := range c.got {
				if err := got.Validate(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestSimpleNeedsPermission checks that emails without a template are refused unless
// the account is configured for them.
func TestSimpleNeedsPermission(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	body := `{"FromEmailAddress":"` + news + `","Subject":"s","Destination":["a@x.com"],"Simple":{"Text":"YQ=="}}`
	if got := do(t, e, "SendEmail", body); got.code != sesapi.CodeWithoutPermission || !strings.Contains(got.message, "--allow-simple") {
		t.Errorf("%q: %s", got.code, got.message)
	}
}

func TestRenamedSendEmail(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Table: tableWith(t, overrides{
		sesapi.SendEmail: {Action: "Mail", Request: names{"address": "From"}}})})
	must(t, e, "Mail", `{"From":"`+news+`","Subject":"s","Destination":["a@x.com"],"Template":{"TemplateID":1,"TemplateData":"{}"}}`)
	if got := do(t, e, "SendEmail", `{}`); got.code != sesapi.CodeUnsupportedOperation {
		t.Errorf("the old name: %q", got.code)
	}
}
