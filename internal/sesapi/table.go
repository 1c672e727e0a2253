package sesapi

import (
	"slices"
	"strings"
)

// Table holds the rows by operation.
type Table struct{ rows []Row }

// Default returns what sesctl believes without a configuration.
func Default() Table {
	const (
		sdk       = "tencentcloud-sdk-go ses v1.3.136 (API version 2020-10-02)"
		ownTool   = "Tencent's command-line tool 3.0.602 and 3.0.604 (March 2022); no current SDK"
		rulesPage = "document 1084/40183: by default there is no callback and no event is notified"
		sibling   = "after its published sibling ListAddressUnsubscribeConfig"
	)
	return Table{rows: []Row{
		{Operation: ListSenders, Summary: "list the sender addresses", Action: "ListEmailAddress", Mark: Published, Source: sdk,
			Request:  map[string]string{},
			Response: map[string]string{KeyItems: "EmailSenders", KeyAddress: "EmailAddress", KeyName: "EmailSenderName"}},
		{Operation: CreateSender, Summary: "create a sender address", Action: "CreateEmailAddress", Mark: Published, Source: sdk, Write: true,
			Request:  map[string]string{KeyAddress: "EmailAddress", KeyName: "EmailSenderName"},
			Response: map[string]string{}},
		{Operation: DeleteSender, Summary: "delete a sender address", Action: "DeleteEmailAddress", Mark: Published, Source: sdk, Write: true,
			Request:  map[string]string{KeyAddress: "EmailAddress"},
			Response: map[string]string{}},
		{Operation: SendEmail, Summary: "send an email", Action: "SendEmail", Mark: Published, Source: sdk, Write: true,
			Request:  map[string]string{KeyAddress: "FromEmailAddress"},
			Response: map[string]string{}},
		{Operation: GetAccountCallback, Summary: "read the account's callback", Action: "GetWebhookUrl", Mark: Inferred,
			Source:   "after UpdateWebhookUrl; name and fields alike",
			Request:  map[string]string{},
			Response: map[string]string{KeyURL: "Url"}},
		{Operation: SetAccountCallback, Summary: "set the account's callback", Action: "UpdateWebhookUrl", Mark: Published, Once: "in 2022",
			Source: ownTool, Write: true,
			Request:  map[string]string{KeyURL: "Url"},
			Response: map[string]string{}},
		{Operation: ClearAccountCallback, Summary: "remove the account's callback", Action: "UpdateWebhookUrl", Mark: Inferred,
			Source: rulesPage + "; sesctl sends an empty Url", Write: true,
			Request:  map[string]string{KeyURL: "Url"},
			Response: map[string]string{}},
		{Operation: ListSenderCallbacks, Summary: "list the callbacks of senders", Action: "ListAddressTrackUrl", Mark: Inferred, Source: sibling,
			Request:  map[string]string{KeyOffset: "Offset", KeyLimit: "Limit"},
			Response: map[string]string{KeyItems: "AddressTrackUrlList", KeyAddress: "Address", KeyURL: "TrackUrl", KeyTotal: "Total"}},
		{Operation: CreateSenderCallback, Summary: "create a sender's callback", Action: "CreateAddressTrackUrl", Mark: Named,
			Source: "CAM reference 598/70009 names the action (resource senderdomain/${Address}); its parameters are inferred", Write: true,
			Request:  map[string]string{KeyAddress: "Address", KeyURL: "TrackUrl"},
			Response: map[string]string{}},
		{Operation: ChangeSenderCallback, Summary: "change a sender's callback", Action: "UpdateAddressTrackUrl", Mark: Inferred, Source: sibling, Write: true,
			Request:  map[string]string{KeyAddress: "Address", KeyURL: "TrackUrl"},
			Response: map[string]string{}},
		{Operation: DeleteSenderCallback, Summary: "remove a sender's callback", Action: "DeleteAddressTrackUrl", Mark: Named,
			Source: "CAM reference 598/57150 names the action; its parameter is inferred", Write: true,
			Request:  map[string]string{KeyAddress: "Address"},
			Response: map[string]string{}},
	}}
}

func (t Table) operations() string {
	names := make([]string, len(t.rows))
	for i, r := range t.rows {
		names[i] = string(r.Operation)
	}
	return strings.Join(names, ", ")
}

// Rows returns all rows in a fixed order.
func (t Table) Rows() []Row { return slices.Clone(t.rows) }

// Row returns the row of an operation. It panics if the operation is not one of
// the constants of this package.
func (t Table) Row(op Operation) Row {
	for _, r := range t.rows {
		if r.Operation == op {
			return r
		}
	}
	panic("sesapi: no row for " + string(op))
}
