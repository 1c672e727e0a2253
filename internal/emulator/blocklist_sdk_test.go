package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

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
	list.StartDate, list.EndDate = text("yesterday"), text("today")
	for range 10 { // the first of the two is named each time
		if _, err := client.ListBlackEmailAddress(list); codeOf(err) != sesapi.CodeWrongDate || !strings.Contains(err.Error(), "`StartDate`") {
			t.Errorf("no date: %v", err)
		}
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
