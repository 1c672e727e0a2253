package sesapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The product and the version of API 3.0 that the actions belong to.
const (
	Service = "ses"
	Version = "2020-10-02"
)

// MaxPage is the largest Limit of an action that returns pages. It is published for
// the similar action ListAddressUnsubscribeConfig.
const MaxPage = 100

// Mark is how well a row is known.
type Mark string

// The marks.
const (
	Published Mark = "published" // in Tencent's SDK or API documentation, or once was: see Row.Once
	Named     Mark = "named"     // Tencent names the action, but publishes no parameters
	Inferred  Mark = "inferred"  // nobody outside Tencent has confirmed it
)

// Operation is something that sesctl asks of the service. Its name does not depend
// on the name of the action.
type Operation string

// The operations. Their names are the keys under "api:" in a profile.
const (
	ListSenders          Operation = "list-senders"
	CreateSender         Operation = "create-sender"
	DeleteSender         Operation = "delete-sender"
	SendEmail            Operation = "send-email"
	GetAccountCallback   Operation = "get-account-callback"
	SetAccountCallback   Operation = "set-account-callback"
	ClearAccountCallback Operation = "clear-account-callback"
	ListSenderCallbacks  Operation = "list-sender-callbacks"
	CreateSenderCallback Operation = "create-sender-callback"
	ChangeSenderCallback Operation = "change-sender-callback"
	DeleteSenderCallback Operation = "delete-sender-callback"
)

// Field keys: the meaning of a parameter, which does not depend on its name on the
// wire.
const (
	KeyAddress = "address" // the sender address
	KeyName    = "name"    // its display name
	KeyURL     = "url"     // the callback URL
	KeyOffset  = "offset"
	KeyLimit   = "limit"
	KeyItems   = "items" // the list; the other keys of such a response name fields of its items
	KeyTotal   = "total" // the number of items on all pages
)

// Row is what sesctl believes about one operation.
type Row struct {
	Operation Operation
	Summary   string
	Action    string
	// Request and Response map field keys to names on the wire. A name in a
	// response can be a path with dots ("Data.Url"). A request field with an
	// empty name is not sent.
	Request  map[string]string
	Response map[string]string
	Mark     Mark
	Once     string // when it was published, if it no longer is: "in 2022"
	Source   string
	Write    bool // changes the account
	Replaced bool // the configuration replaced it, and the mark no longer applies
}

// MarkText returns the mark in words, for example "inferred", "published once, in
// 2022" or "replaced by the profile".
func (r Row) MarkText() string {
	switch {
	case r.Replaced:
		return "replaced by the profile"
	case r.Once != "":
		return fmt.Sprintf("%s once, %s", r.Mark, r.Once)
	}
	return string(r.Mark)
}

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

// Override replaces parts of a row. Names that it leaves out stay as they are.
type Override struct {
	Action   string            `yaml:"action"`
	Request  map[string]string `yaml:"request"`
	Response map[string]string `yaml:"response"`
}

// With returns a copy of the table with some rows replaced. If an operation or a
// field key does not exist, the error names its place, such as "api.list-senders".
func (t Table) With(overrides map[Operation]Override) (Table, error) {
	rows := slices.Clone(t.rows)
	for _, op := range slices.Sorted(maps.Keys(overrides)) {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Operation == op })
		if i < 0 {
			return Table{}, fmt.Errorf("api.%s: no such operation; the operations are: %s", op, t.operations())
		}
		row, err := rows[i].with(overrides[op])
		if err != nil {
			return Table{}, fmt.Errorf("api.%s: %w", op, err)
		}
		rows[i] = row
	}
	return Table{rows: rows}, nil
}

func (r Row) with(o Override) (Row, error) {
	var err error
	if o.Action != "" {
		r.Action = o.Action
	}
	if r.Request, err = rename("request", r.Request, o.Request); err != nil {
		return Row{}, err
	}
	if r.Response, err = rename("response", r.Response, o.Response); err != nil {
		return Row{}, err
	}
	r.Replaced = true
	return r, nil
}

func rename(part string, names, changes map[string]string) (map[string]string, error) {
	renamed := maps.Clone(names)
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		if _, known := names[key]; !known {
			return nil, fmt.Errorf("%s.%s: no such field; the fields are: %s", part, key, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		}
		if part == "response" && changes[key] == "" {
			return nil, fmt.Errorf("%s.%s: the name is empty", part, key)
		}
		renamed[key] = changes[key]
	}
	return renamed, nil
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
