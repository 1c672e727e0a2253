package sesapi

import "slices"

// published are the names of the actions of SES that Tencent publishes today
// (tencentcloud-sdk-go ses v1.3.136, client.go), in order. [PublishedActions] has
// their parameters; a name alone needs no table to be read.
var published = []string{
	"BatchSendEmail", "CreateAddressUnsubscribeConfig", "CreateCustomBlacklist", "CreateEmailAddress",
	"CreateEmailIdentity", "CreateEmailTemplate", "CreateReceiver", "CreateReceiverDetail",
	"CreateReceiverDetailWithData", "DeleteAddressUnsubscribeConfig", "DeleteBlackList", "DeleteCustomBlackList",
	"DeleteEmailAddress", "DeleteEmailIdentity", "DeleteEmailTemplate", "DeleteReceiver", "GetAbuseReport",
	"GetEmailIdentity", "GetEmailTemplate", "GetSendEmailStatus", "GetStatisticsReport",
	"ListAddressUnsubscribeConfig", "ListBlackEmailAddress", "ListCustomBlacklist", "ListEmailAddress",
	"ListEmailIdentities", "ListEmailTemplates", "ListReceiverDetails", "ListReceivers", "ListSendTasks", "SendEmail",
	"UpdateAddressUnsubscribeConfig", "UpdateCustomBlackList", "UpdateEmailIdentity", "UpdateEmailSmtpPassWord",
	"UpdateEmailTemplate",
}

// IsPublished reports whether Tencent publishes an action of SES today. None of
// the published ones reads or writes a callback.
func IsPublished(action string) bool {
	_, found := slices.BinarySearch(published, action)
	return found
}
