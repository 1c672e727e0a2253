package emulator_test

import (
	"strings"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 99, "{}", "a@x.com")) // an account that never created a template has every template

	create := ses.NewCreateEmailTemplateRequest()
	create.TemplateName, create.TemplateContent = text("welcome"), &ses.TemplateContent{Html: encoded("<p>{{name}}, {{ code }}</p>"), Text: encoded("{{name}}")}
	created, err := client.CreateEmailTemplate(create)
	check(t, err)
	id := *created.Response.TemplateID
	check(t, sendTo(client, id, `{"name":"x","code":1}`, "a@x.com"))
	for data, code := range map[string]string{`{"name":"x"}`: sesapi.CodeWrongContentJSON, "{}": sesapi.CodeWrongContentJSON,
		`[]`: sesapi.CodeWrongContentJSON, `{"name":{},"code":1}`: sesapi.CodeWrongContentJSON} {
		if got := codeOf(sendTo(client, id, data, "a@x.com")); got != code {
			t.Errorf("%s: %q, want %q", data, got, code)
		}
	}
	if got := codeOf(sendTo(client, id+1, "{}", "a@x.com")); got != sesapi.CodeInvalidTemplate {
		t.Errorf("a template that does not exist: %q", got)
	}

	update := ses.NewUpdateEmailTemplateRequest()
	update.TemplateID, update.TemplateName, update.TemplateContent = &id, text("hello"), &ses.TemplateContent{Text: encoded("hi")}
	_, err = client.UpdateEmailTemplate(update)
	check(t, err)
	get := ses.NewGetEmailTemplateRequest()
	get.TemplateID = &id
	got, err := client.GetEmailTemplate(get)
	check(t, err)
	if *got.Response.TemplateName != "hello" || *got.Response.TemplateContent.Text != *encoded("hi") || *got.Response.TemplateStatus != 0 {
		t.Errorf("after the update: %s", got.ToJsonString())
	}
	check(t, sendTo(client, id, "{}", "a@x.com"))
	list := ses.NewListEmailTemplatesRequest()
	list.Offset, list.Limit = num(0), num(10)
	listed, err := client.ListEmailTemplates(list)
	check(t, err)
	if *listed.Response.TotalCount != 1 || *listed.Response.TemplatesMetadata[0].TemplateID != id || *listed.Response.TemplatesMetadata[0].CreatedTimestamp == 0 {
		t.Errorf("the list: %s", listed.ToJsonString())
	}
	remove := ses.NewDeleteEmailTemplateRequest()
	remove.TemplateID = &id
	_, err = client.DeleteEmailTemplate(remove)
	check(t, err)
	if _, err := client.GetEmailTemplate(get); codeOf(err) != sesapi.CodeTemplateNotExist {
		t.Errorf("after the deletion: %v", err)
	}
	if got := codeOf(sendTo(client, id, "{}", "a@x.com")); got != sesapi.CodeInvalidTemplate {
		t.Errorf("sent with a deleted template: %q", got)
	}
}

// TestSubjectsHaveVariables checks that the values of a template fill the subject too, as
// the comment of Subject in models.go has it, and that messages keep the values.
func TestSubjectsHaveVariables(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	r := ses.NewSendEmailRequest()
	r.FromEmailAddress, r.Subject, r.Destination = text(news), text("{{name}}, order {{ id }} {{x}}"), common.StringPtrs([]string{"a@x.com"})
	r.Template = &ses.Template{TemplateID: num(1), TemplateData: text(`{"name":"Ann","id":17}`)}
	_, err := client.SendEmail(r)
	check(t, err)
	r.Template.TemplateData = text(`{"name":"` + strings.Repeat("n", 990) + `"}`)
	if _, err := client.SendEmail(r); codeOf(err) != sesapi.CodeInvalidValue {
		t.Errorf("a subject that is too long: %v", err)
	}
	settle(t, e)

	id := newList(t, client, "all")
	add := ses.NewCreateReceiverDetailWithDataRequest()
	add.ReceiverId, add.Datas = &id, []*ses.ReceiverInputData{{Email: text("b@x.com"), TemplateData: text(`{"name":"Bob"}`)}, {Email: text("c@x.com"), TemplateData: text(`{"name":"Eve"}`)}}
	_, err = client.CreateReceiverDetailWithData(add)
	check(t, err)
	task := batch(id, 1)
	task.Subject, task.Template.TemplateData = text("{{name}} {{id}}"), text(`{"id":7,"name":"nobody"}`)
	_, err = client.BatchSendEmail(task)
	check(t, err)
	settle(t, e)
	messages, err := e.Messages(emulator.Filter{})
	check(t, err)
	want := []string{`Ann, order 17 {{x}} {"name":"Ann","id":17}`, `Bob 7 {"id":7,"name":"Bob"}`, `Eve 7 {"id":7,"name":"Eve"}`}
	subjects := map[string]string{} // of the events, by MessageId: events of messages overlap
	for _, got := range c.got {
		subjects[got.BulkID] = got.Subject
	}
	for i, m := range messages {
		if got := m.Subject + " " + m.Data; got != want[i] || subjects[m.ID] != m.Subject {
			t.Errorf("%s, event %s, want %s", got, subjects[m.ID], want[i])
		}
	}
	task.Template.TemplateData = text(`{"id":"` + strings.Repeat("7", 999) + `"}`)
	if _, err := client.BatchSendEmail(task); codeOf(err) != sesapi.CodeSubjectLength || len(messages) != 3 {
		t.Errorf("a task whose subject is too long: %v, %d messages", err, len(messages))
	}
}
