package emulator_test

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// In these tests the official SDK calls the actions, and each test checks their
// effects.

func codeOf(err error) string {
	var failed *tcerr.TencentCloudSDKError
	if errors.As(err, &failed) {
		return failed.GetCode()
	}
	return ""
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(s string) *string    { return &s }
func num(n uint64) *uint64     { return &n }
func encoded(s string) *string { return text(base64.StdEncoding.EncodeToString([]byte(s))) }

// sdkEmulator returns an emulator with the real clock and a callback, and a client of
// the SDK.
func sdkEmulator(t *testing.T, o emulator.Options) (*emulator.Emulator, *ses.Client, *receiver) {
	t.Helper()
	c := &receiver{}
	o.Now = time.Now
	e := withHook(t, c, o)
	return e, sdkClient(t, "localhost", e.Transport()), c
}

func sendTo(client *ses.Client, template uint64, data string, to ...string) error {
	r := ses.NewSendEmailRequest()
	r.FromEmailAddress, r.Subject, r.Destination = text(news), text("s"), common.StringPtrs(to)
	r.Template = &ses.Template{TemplateID: num(template), TemplateData: text(data)}
	_, err := client.SendEmail(r)
	return err
}

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
	for i, m := range messages {
		if got := m.Subject + " " + m.Data; got != want[i] || c.got[i].Subject != m.Subject {
			t.Errorf("%s, event %s, want %s", got, c.got[i].Subject, want[i])
		}
	}
	task.Template.TemplateData = text(`{"id":"` + strings.Repeat("7", 999) + `"}`)
	if _, err := client.BatchSendEmail(task); codeOf(err) != sesapi.CodeSubjectLength || len(messages) != 3 {
		t.Errorf("a task whose subject is too long: %v, %d messages", err, len(messages))
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{Unverified: []string{"never.example.com"}})
	create := ses.NewCreateEmailIdentityRequest()
	create.EmailIdentity, create.DKIMOption = text("New.example.com"), num(1)
	create.TagList = []*ses.TagList{{TagKey: text("team"), TagValue: text("a")}}
	created, err := client.CreateEmailIdentity(create)
	check(t, err)
	if *created.Response.VerifiedForSendingStatus || len(created.Response.Attributes) != 4 || *created.Response.Attributes[0].Status || *created.Response.DKIMOption != 1 {
		t.Errorf("a new domain: %s", created.ToJsonString())
	}
	if _, err := client.CreateEmailIdentity(create); codeOf(err) != sesapi.CodeRepeatCreation {
		t.Errorf("twice: %v", err)
	}
	sender := ses.NewCreateEmailAddressRequest()
	sender.EmailAddress = text("a@new.example.com")
	if _, err := client.CreateEmailAddress(sender); codeOf(err) != sesapi.CodeDomainNotVerified {
		t.Errorf("a sender of a domain that is not verified: %v", err)
	}
	verify := ses.NewUpdateEmailIdentityRequest()
	verify.EmailIdentity = text("new.example.com")
	verified, err := client.UpdateEmailIdentity(verify)
	check(t, err)
	if !*verified.Response.VerifiedForSendingStatus || !*verified.Response.Attributes[0].Status {
		t.Errorf("after verifying: %s", verified.ToJsonString())
	}
	_, err = client.CreateEmailAddress(sender)
	check(t, err)
	list := ses.NewListEmailIdentitiesRequest()
	list.TagList = create.TagList
	listed, err := client.ListEmailIdentities(list)
	check(t, err)
	if *listed.Response.Total != 1 || !*listed.Response.EmailIdentities[0].SendingEnabled || *listed.Response.EmailIdentities[0].TagList[0].TagValue != "a" {
		t.Errorf("the list: %s", listed.ToJsonString())
	}
	remove := ses.NewDeleteEmailIdentityRequest()
	remove.EmailIdentity = text("new.example.com")
	if _, err := client.DeleteEmailIdentity(remove); codeOf(err) != sesapi.CodeDomainHasSenders {
		t.Errorf("deleting a domain with senders: %v", err)
	}
	removeSender := ses.NewDeleteEmailAddressRequest()
	removeSender.EmailAddress = sender.EmailAddress
	_, err = client.DeleteEmailAddress(removeSender)
	check(t, err)
	_, err = client.DeleteEmailIdentity(remove)
	check(t, err)
	get := ses.NewGetEmailIdentityRequest()
	get.EmailIdentity = text("new.example.com")
	if _, err := client.GetEmailIdentity(get); codeOf(err) != sesapi.CodeNotExistDomain {
		t.Errorf("after the deletion: %v", err)
	}

	// A domain that is never verified.
	verify.EmailIdentity, get.EmailIdentity, sender.EmailAddress = text("never.example.com"), text("never.example.com"), text("a@never.example.com")
	if got, err := client.UpdateEmailIdentity(verify); err != nil || *got.Response.VerifiedForSendingStatus {
		t.Errorf("verified in spite of everything: %v", err)
	}
	if got, err := client.GetEmailIdentity(get); err != nil || *got.Response.VerifiedForSendingStatus || len(got.Response.TagList) != 0 {
		t.Errorf("get: %v", err)
	}
	if _, err := client.CreateEmailAddress(sender); codeOf(err) != sesapi.CodeDomainNotVerified {
		t.Errorf("its sender: %v", err)
	}
}

func TestUnverifiedDomainCannotSend(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{Unverified: []string{"mail.example.com"}})
	if got := codeOf(sendTo(client, 1, "{}", "a@x.com")); got != sesapi.CodeNotAuthenticatedSender {
		t.Errorf("%q", got)
	}
}

func TestBlocklists(t *testing.T) {
	t.Parallel()
	e, client, _ := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 1, "{}", "Bounce+1@x.com", "soft-bounce@x.com"))
	settle(t, e)
	if got := codeOf(sendTo(client, 1, "{}", "bounce+1@X.com")); got != sesapi.CodeBlockedAddress {
		t.Errorf("after a hard bounce: %q", got)
	}
	check(t, sendTo(client, 1, "{}", "soft-bounce@x.com"))
	today := time.Now().In(time.FixedZone("China", 8*3600)).Format(time.DateOnly)
	list := ses.NewListBlackEmailAddressRequest()
	list.StartDate, list.EndDate, list.Limit, list.Offset = &today, &today, num(10), num(0)
	listed, err := client.ListBlackEmailAddress(list)
	check(t, err)
	if *listed.Response.TotalCount != 1 || *listed.Response.BlackList[0].EmailAddress != "bounce+1@x.com" || *listed.Response.BlackList[0].IspDesc == "" {
		t.Errorf("the list: %s", listed.ToJsonString())
	}
	list.StartDate = text("yesterday")
	if _, err := client.ListBlackEmailAddress(list); codeOf(err) != sesapi.CodeWrongDate {
		t.Errorf("no date: %v", err)
	}
	remove := ses.NewDeleteBlackListRequest()
	remove.EmailAddressList = common.StringPtrs([]string{"bounce+1@x.com"})
	_, err = client.DeleteBlackList(remove)
	check(t, err)
	check(t, sendTo(client, 1, "{}", "bounce+1@x.com"))
	settle(t, e)

	create := ses.NewCreateCustomBlacklistRequest()
	create.Emails = common.StringPtrs([]string{"no@x.com", "NO@x.com", "wrong", "old@x.com"})
	create.ExpireDate = text("2020-01-01")
	created, err := client.CreateCustomBlacklist(create)
	check(t, err)
	if r := created.Response; *r.TotalCount != 4 || *r.ValidCount != 2 || *r.RepeatCount != 1 || *r.InvalidCount != 1 || *r.TooLongCount != 0 {
		t.Errorf("custom: %s", created.ToJsonString())
	}
	check(t, sendTo(client, 1, "{}", "no@x.com")) // expired
	listCustom := ses.NewListCustomBlacklistRequest()
	listCustom.Offset, listCustom.Limit, listCustom.Status, listCustom.Email = num(0), num(10), num(0), text("no@")
	entries, err := client.ListCustomBlacklist(listCustom)
	check(t, err)
	if *entries.Response.TotalCount != 1 || *entries.Response.Data[0].Email != "no@x.com" || *entries.Response.Data[0].Status != 0 {
		t.Fatalf("custom list: %s", entries.ToJsonString())
	}
	update := ses.NewUpdateCustomBlackListRequest()
	update.Id, update.Email = entries.Response.Data[0].Id, text("never@x.com")
	_, err = client.UpdateCustomBlackList(update)
	check(t, err)
	if got := codeOf(sendTo(client, 1, "{}", "ok@x.com", "never@x.com")); got != sesapi.CodeBlockedAddress {
		t.Errorf("on the account's own list: %q", got)
	}
	removeCustom := ses.NewDeleteCustomBlackListRequest()
	removeCustom.Emails = common.StringPtrs([]string{"never@x.com", "nobody@x.com"})
	_, err = client.DeleteCustomBlackList(removeCustom)
	check(t, err)
	check(t, sendTo(client, 1, "{}", "never@x.com"))
}

func TestUnsubscribes(t *testing.T) {
	t.Parallel()
	e, client, _ := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 1, "{}", "unsubscribe@x.com"))
	settle(t, e)
	if got := codeOf(sendTo(client, 1, "{}", "unsubscribe@x.com")); got != sesapi.CodeHasUnsubscribed {
		t.Errorf("after an unsubscribe: %q", got)
	}
	create := ses.NewCreateAddressUnsubscribeConfigRequest()
	create.Address, create.UnsubscribeConfig, create.Status = text(news), text("2"), num(1)
	_, err := client.CreateAddressUnsubscribeConfig(create)
	check(t, err)
	if _, err := client.CreateAddressUnsubscribeConfig(create); codeOf(err) != sesapi.CodeInvalidValue {
		t.Errorf("twice: %v", err)
	}
	for _, address := range []string{"nobody@mail.example.com", "no address"} {
		create.Address = &address
		if _, err := client.CreateAddressUnsubscribeConfig(create); codeOf(err) != sesapi.CodeInvalidValue {
			t.Errorf("of %s: %v", address, err)
		}
	}
	update := ses.NewUpdateAddressUnsubscribeConfigRequest()
	update.Address, update.UnsubscribeConfig, update.Status = text(news), text("10"), num(0)
	_, err = client.UpdateAddressUnsubscribeConfig(update)
	check(t, err)
	list := ses.NewListAddressUnsubscribeConfigRequest()
	list.Limit = text("10") // a string, as published
	listed, err := client.ListAddressUnsubscribeConfig(list)
	check(t, err)
	if *listed.Response.Total != 1 || *listed.Response.AddressUnsubscribeConfigList[0].UnsubscribeConfig != "10" || *listed.Response.AddressUnsubscribeConfigList[0].Status != 0 {
		t.Errorf("the list: %s", listed.ToJsonString())
	}
	remove := ses.NewDeleteAddressUnsubscribeConfigRequest()
	remove.Address = text(news)
	_, err = client.DeleteAddressUnsubscribeConfig(remove)
	check(t, err)
	if _, err := client.DeleteAddressUnsubscribeConfig(remove); codeOf(err) != sesapi.CodeResourceNotFound {
		t.Errorf("deleted twice: %v", err)
	}
	update.UnsubscribeConfig = text("11")
	if _, err := client.UpdateAddressUnsubscribeConfig(update); codeOf(err) != sesapi.CodeInvalidValue {
		t.Errorf("no such language: %v", err)
	}
}

func TestStatisticsMatchTheEvents(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 1, "{}", "open+click@x.com", "bounce@y.com", "spam@y.com", "unsubscribe@x.com", "defer+bounce+2@y.com", "a@y.com"))
	settle(t, e)
	happened := map[event.Type]uint64{}
	for _, got := range c.got {
		happened[got.Type]++
	}
	today := time.Now().In(time.FixedZone("China", 8*3600)).Format(time.DateOnly)
	get := ses.NewGetStatisticsReportRequest()
	get.StartDate, get.EndDate = &today, &today
	report, err := client.GetStatisticsReport(get)
	check(t, err)
	all := report.Response.OverallVolume
	want := []uint64{6, 6, happened[event.Delivered], happened[event.Open], happened[event.Click], happened[event.Bounce], happened[event.Unsubscribe]}
	got := []uint64{*all.RequestCount, *all.AcceptedCount, *all.DeliveredCount, *all.OpenedCount, *all.ClickedCount, *all.BounceCount, *all.UnsubscribeCount}
	if !slices.Equal(got, want) || len(report.Response.DailyVolumes) != 1 || *report.Response.DailyVolumes[0].SendDate != today {
		t.Errorf("%v, want %v: %s", got, want, report.ToJsonString())
	}
	get.ReceivingMailboxType, get.Domain = text("x.com"), text("mail.example.com")
	report, err = client.GetStatisticsReport(get)
	check(t, err)
	if *report.Response.OverallVolume.RequestCount != 2 {
		t.Errorf("of x.com: %s", report.ToJsonString())
	}
	get.EndDate = text("2000-01-01")
	if _, err := client.GetStatisticsReport(get); codeOf(err) != sesapi.CodeWrongDate {
		t.Errorf("the end before the start: %v", err)
	}
	abuse := ses.NewGetAbuseReportRequest()
	abuse.StartTime, abuse.EndTime, abuse.ToAddress = &today, &today, text("spam@y.com")
	complaints, err := client.GetAbuseReport(abuse)
	check(t, err)
	if *complaints.Response.TotalCount != 1 || *complaints.Response.Data[0].OriginalMailFrom != news || *complaints.Response.Data[0].Mta != "y.com" {
		t.Errorf("complaints: %s", complaints.ToJsonString())
	}
	abuse.FromDomain = text("other.example.com")
	if none, err := client.GetAbuseReport(abuse); err != nil || *none.Response.TotalCount != 0 {
		t.Errorf("complaints of another domain: %v", err)
	}
	abuse.StartTime = text("noon")
	if _, err := client.GetAbuseReport(abuse); codeOf(err) != sesapi.CodeInvalidStartTime {
		t.Errorf("a time that is none: %v", err)
	}
}

func TestSMTPPassword(t *testing.T) {
	t.Parallel()
	_, client, _ := sdkEmulator(t, emulator.Options{})
	set := ses.NewUpdateEmailSmtpPassWordRequest()
	set.EmailAddress = text(news)
	for password, code := range map[string]string{"short1Aa": sesapi.CodeInvalidPassword, "onlysmallletters": sesapi.CodeInvalidPassword,
		"AAaaaabbbb1111": sesapi.CodeInvalidPassword, "ABabcdef12": ""} {
		set.Password = &password
		if _, err := client.UpdateEmailSmtpPassWord(set); codeOf(err) != code {
			t.Errorf("%s: %v, want %q", password, err, code)
		}
	}
	set.Password = text("ABabcdef12")
	if _, err := client.UpdateEmailSmtpPassWord(set); codeOf(err) != sesapi.CodeRepeatPassword {
		t.Errorf("the same again: %v", err)
	}
	set.EmailAddress = text("nobody@mail.example.com")
	if _, err := client.UpdateEmailSmtpPassWord(set); codeOf(err) != sesapi.CodeNoSuchSender {
		t.Errorf("of nobody: %v", err)
	}
	listed, err := client.ListEmailAddress(ses.NewListEmailAddressRequest())
	check(t, err)
	for _, s := range listed.Response.EmailSenders {
		if (*s.SmtpPwdType == 1) != (*s.EmailAddress == news) {
			t.Errorf("%s: %d", *s.EmailAddress, *s.SmtpPwdType)
		}
	}
}

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
		"data no JSON":   {func(r *ses.BatchSendEmailRequest) { r.Template.TemplateData = text("{") }, sesapi.CodeTemplateDataError},
		"no time":        {func(r *ses.BatchSendEmailRequest) { r.TaskType = num(2) }, sesapi.CodeTimedParamNecessary},
		"no cycle":       {func(r *ses.BatchSendEmailRequest) { r.TaskType = num(3) }, sesapi.CodeCycleParamNecessary},
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
