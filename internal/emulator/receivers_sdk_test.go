package emulator_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// newList creates a list of receivers with recipients.
func newList(t *testing.T, client *ses.Client, name string, emails ...string) uint64 {
	t.Helper()
	create := ses.NewCreateReceiverRequest()
	create.ReceiversName, create.Desc = &name, text("for a test")
	created, err := client.CreateReceiver(create)
	check(t, err)
	if len(emails) > 0 {
		add := ses.NewCreateReceiverDetailRequest()
		add.ReceiverId, add.Emails = created.Response.ReceiverId, common.StringPtrs(emails)
		_, err = client.CreateReceiverDetail(add)
		check(t, err)
	}
	return *created.Response.ReceiverId
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{})
	id := newList(t, client, "all")
	create := ses.NewCreateReceiverRequest()
	create.ReceiversName = text("all")
	if _, err := client.CreateReceiver(create); codeOf(err) != sesapi.CodeRepeatReceiverName {
		t.Errorf("the name again: %v", err)
	}
	add := ses.NewCreateReceiverDetailWithDataRequest()
	add.ReceiverId = &id
	add.Datas = []*ses.ReceiverInputData{{Email: text("a@x.com"), TemplateData: text(`{"name":"a"}`)}, {Email: text("A@x.com"), TemplateData: text(`{"name":"b"}`)},
		{Email: text(""), TemplateData: text(`{"name":"c"}`)}}
	added, err := client.CreateReceiverDetailWithData(add)
	check(t, err)
	if r := added.Response; *r.TotalCount != 3 || *r.ValidCount != 1 || *r.RepeatCount != 1 || *r.EmptyEmailCount != 1 {
		t.Errorf("added: %s", added.ToJsonString())
	}
	for data, code := range map[string]string{`{"other":"a"}`: sesapi.CodeTemplateDataDiffers, `[`: sesapi.CodeTemplateDataError, `{"name":"<b>"}`: sesapi.CodeHTMLTemplateData,
		`{"name":"` + strings.Repeat("a", 790) + `"}`: sesapi.CodeTemplateDataLength} {
		add.Datas = []*ses.ReceiverInputData{{Email: text("b@x.com"), TemplateData: &data}}
		if _, err := client.CreateReceiverDetailWithData(add); codeOf(err) != code {
			t.Errorf("%s: %v, want %q", data, err, code)
		}
	}
	list := ses.NewListReceiversRequest()
	list.Offset, list.Limit, list.KeyWord, list.Status = num(0), num(10), text("al"), num(3)
	listed, err := client.ListReceivers(list)
	check(t, err)
	if *listed.Response.TotalCount != 1 || *listed.Response.Data[0].Count != 1 || *listed.Response.Data[0].Desc != "for a test" {
		t.Errorf("lists: %s", listed.ToJsonString())
	}
	details := ses.NewListReceiverDetailsRequest()
	details.ReceiverId, details.Offset, details.Limit, details.Email = &id, num(0), num(10), text("a@")
	all, err := client.ListReceiverDetails(details)
	check(t, err)
	if *all.Response.TotalCount != 1 || *all.Response.ValidCount != 1 || *all.Response.Data[0].TemplateData != `{"name":"a"}` {
		t.Errorf("details: %s", all.ToJsonString())
	}
	remove := ses.NewDeleteReceiverRequest()
	remove.ReceiverId = &id
	_, err = client.DeleteReceiver(remove)
	check(t, err)
	if _, err := client.ListReceiverDetails(details); codeOf(err) != sesapi.CodeReceiverNotExist {
		t.Errorf("after the deletion: %v", err)
	}
}

// TestInvalidRecipientsOfABatch checks that a list counts addresses that are not valid,
// and that they get no email.
func TestInvalidRecipientsOfABatch(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	id, none := newList(t, client, "some", "a@x.com", "not an address", "@"), newList(t, client, "none", "not an address")
	list := ses.NewListReceiversRequest()
	list.Offset, list.Limit, list.KeyWord = num(0), num(10), text("some")
	listed, err := client.ListReceivers(list)
	check(t, err)
	details := ses.NewListReceiverDetailsRequest()
	details.ReceiverId, details.Offset, details.Limit, details.Status = &id, num(0), num(10), num(2)
	invalid, err := client.ListReceiverDetails(details)
	check(t, err)
	if got := listed.Response.Data[0]; *got.Count != 3 || *got.InvalidCount != 2 || *invalid.Response.InvalidCount != 2 || len(invalid.Response.Data) != 2 {
		t.Errorf("%s %s", listed.ToJsonString(), invalid.ToJsonString())
	}
	_, err = client.BatchSendEmail(batch(id, 1))
	check(t, err)
	settle(t, e)
	tasks := ses.NewListSendTasksRequest()
	tasks.Offset, tasks.Limit, tasks.Status = num(0), num(10), num(10)
	done, err := client.ListSendTasks(tasks)
	check(t, err)
	if c.seen() != "delivered" || len(done.Response.Data) != 1 || *done.Response.Data[0].RequestCount != 1 {
		t.Errorf("events %q, %s", c.seen(), done.ToJsonString())
	}
	if _, err := client.BatchSendEmail(batch(none, 1)); codeOf(err) != sesapi.CodeReceiverStatus {
		t.Errorf("a list without a valid address: %v", err)
	}
}

func batch(id uint64, kind uint64) *ses.BatchSendEmailRequest {
	r := ses.NewBatchSendEmailRequest()
	r.FromEmailAddress, r.ReceiverId, r.Subject, r.TaskType = text(news), &id, text("s"), &kind
	r.Template = &ses.Template{TemplateID: num(1), TemplateData: text("{}")}
	return r
}

func TestBatchSendEmail(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", filepath.Join(t.TempDir(), "state.db")} {
		e, client, c := sdkEmulator(t, emulator.Options{StateFile: path})
		check(t, sendTo(client, 1, "{}", "bounce+gone@x.com"))
		settle(t, e)
		id := newList(t, client, "all", "a@x.com", "open@x.com", "bounce+gone@x.com")
		sent, err := client.BatchSendEmail(batch(id, 1))
		check(t, err)
		settle(t, e)
		types := map[string]string{}
		for _, got := range c.got[1:] {
			if got.TaskID != int64(*sent.Response.TaskId) {
				t.Errorf("event without its task: %+v", got)
			}
			types[got.Email] += string(got.Type) + " "
		}
		if types["a@x.com"] != "delivered " || types["open@x.com"] != "delivered open " || types["bounce+gone@x.com"] != "dropped " {
			t.Errorf("events: %v", types)
		}
		list := ses.NewListSendTasksRequest()
		list.Offset, list.Limit, list.Status, list.ReceiverId, list.TaskType = num(0), num(10), num(10), &id, num(1)
		tasks, err := client.ListSendTasks(list)
		check(t, err)
		if len(tasks.Response.Data) != 1 || *tasks.Response.Data[0].SendCount != 3 || *tasks.Response.Data[0].RequestCount != 3 || *tasks.Response.Data[0].ReceiversName != "all" {
			t.Errorf("tasks: %s", tasks.ToJsonString())
		}
	}
}

// TestNamesInAList checks that a recipient with a display name is the recipient without it.
func TestNamesInAList(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 1, "{}", "bounce+gone@x.com"))
	settle(t, e)
	id := newList(t, client, "all", "Gone <Bounce+gone@x.com>", "Jo, Inc. <open@x.com>", " open@x.com ")
	_, err := client.BatchSendEmail(batch(id, 1))
	check(t, err)
	settle(t, e)
	var got []string
	for _, event := range c.got[1:] {
		got = append(got, string(event.Type)+" "+event.Email)
	}
	slices.Sort(got)
	if want := []string{"delivered open@x.com", "dropped Bounce+gone@x.com", "open open@x.com"}; !slices.Equal(got, want) {
		t.Errorf("events: %q, want %q", got, want)
	}
}

// TestEmptySimple checks the content of emails without a template, for an account that may
// send them.
func TestEmptySimple(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{AllowSimple: true})
	id := newList(t, client, "all", "a@x.com")
	for name, test := range map[string]struct {
		simple        ses.Simple
		send, inBatch string
	}{
		"html":       {ses.Simple{Html: encoded("x")}, "", ""},
		"empty":      {ses.Simple{}, sesapi.CodeMissingContent, sesapi.CodeSendParamNecessary},
		"empty text": {ses.Simple{Html: text(""), Text: text("")}, sesapi.CodeMissingContent, sesapi.CodeSendParamNecessary},
		"not base64": {ses.Simple{Text: text("#")}, sesapi.CodeWrongContent, sesapi.CodeContentWrong},
	} {
		send := ses.NewSendEmailRequest()
		send.FromEmailAddress, send.Subject, send.Destination, send.Simple = text(news), text("s"), common.StringPtrs([]string{"a@x.com"}), &test.simple
		_, err := client.SendEmail(send)
		task := batch(id, 1)
		task.Template, task.Simple = nil, &test.simple
		_, inBatch := client.BatchSendEmail(task)
		if codeOf(err) != test.send || codeOf(inBatch) != test.inBatch {
			t.Errorf("%s: %v, in a batch %v", name, err, inBatch)
		}
	}
}

func TestBatchSendEmailErrors(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{})
	id, empty := newList(t, client, "all", "a@x.com"), newList(t, client, "empty")
	past := time.Now().Add(-time.Hour).In(time.FixedZone("China", 8*3600)).Format(time.DateTime)
	for name, test := range map[string]struct {
		change func(*ses.BatchSendEmailRequest)
		code   string
	}{
		"no such list":   {func(r *ses.BatchSendEmailRequest) { r.ReceiverId = num(99) }, sesapi.CodeReceiverNotExist},
		"empty list":     {func(r *ses.BatchSendEmailRequest) { r.ReceiverId = &empty }, sesapi.CodeReceiverStatus},
		"no such sender": {func(r *ses.BatchSendEmailRequest) { r.FromEmailAddress = text("x@mail.example.com") }, sesapi.CodeSendAddressStatus},
		"long subject":   {func(r *ses.BatchSendEmailRequest) { r.Subject = text(string(make([]rune, 101))) }, sesapi.CodeSubjectLength},
		"no content":     {func(r *ses.BatchSendEmailRequest) { r.Template = nil }, sesapi.CodeSendParamNecessary},
		"simple":         {func(r *ses.BatchSendEmailRequest) { r.Template, r.Simple = nil, &ses.Simple{Text: encoded("x")} }, sesapi.CodeContentWrong},
		"simple too":     {func(r *ses.BatchSendEmailRequest) { r.Simple = &ses.Simple{Text: encoded("x")} }, sesapi.CodeContentWrong},
		"template 0":     {func(r *ses.BatchSendEmailRequest) { r.Template.TemplateID = num(0) }, sesapi.CodeTemplateStatus},
		"attachments": {func(r *ses.BatchSendEmailRequest) {
			r.Attachments = []*ses.Attachment{{FileName: text("a.txt"), Content: encoded("x")}}
		}, sesapi.CodeUnsupportedOperation},
		"data no JSON": {func(r *ses.BatchSendEmailRequest) { r.Template.TemplateData = text("{") }, sesapi.CodeTemplateDataError},
		"no time":      {func(r *ses.BatchSendEmailRequest) { r.TaskType = num(2) }, sesapi.CodeTimedParamNecessary},
		"no cycle":     {func(r *ses.BatchSendEmailRequest) { r.TaskType = num(3) }, sesapi.CodeCycleParamNecessary},
		"in the past": {func(r *ses.BatchSendEmailRequest) {
			r.TaskType, r.TimedParam = num(2), &ses.TimedEmailParam{BeginTime: &past}
		},
			sesapi.CodeBeginTimeBeforeNow},
		"no such type": {func(r *ses.BatchSendEmailRequest) { r.TaskType = num(4) }, sesapi.CodeInvalidValue},
		"language":     {func(r *ses.BatchSendEmailRequest) { r.Unsubscribe = text("13") }, sesapi.CodeInvalidValue},
	} {
		r := batch(id, 1)
		test.change(r)
		if _, err := client.BatchSendEmail(r); codeOf(err) != test.code {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
	}
}
