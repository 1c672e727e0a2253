package emulator_test

import (
	"testing"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

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
