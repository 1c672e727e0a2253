package sesapi

import (
	"fmt"
	"slices"
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
	Learned   Mark = "learned"   // read out of a capture of the console, or out of the audit log
	Probed    Mark = "probed"    // an endpoint was asked whether it knows it
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
	// Request and Response map field keys to names on the wire. A name can be a path
	// with dots ("Data.Url"). A request name that ends in "[]" sends a list of one
	// value, and an empty one is not sent. If a list has no total, that name is empty.
	Request  map[string]string
	Response map[string]string
	Mark     Mark
	Once     string // when it was published, if it no longer is: "in 2022"
	Source   string
	Write    bool // changes the account
	// Strings are the request keys whose integers travel as strings ("10").
	Strings []string
	// None lists more values that mean "no callback" in an answer, besides null, ""
	// and blanks. NoneMissing stands for a field that is left out, NoneNotFound for an
	// error of the family ResourceNotFound.
	None []string
	// Off is true if the account does not have the operation. It is not called.
	Off bool
	// Replaced is true if a profile replaces the row, so that the built-in mark no
	// longer applies.
	Replaced bool
	Day      string // when the row was learned or probed, as 2006-01-02
}

// Values of None that are not literal texts.
const (
	NoneMissing  = "missing"
	NoneNotFound = "not-found"
)

// TypeOf returns the JSON type of a request key: "integer" or "string".
func (r Row) TypeOf(key string) string {
	if (key == KeyOffset || key == KeyLimit) && !slices.Contains(r.Strings, key) {
		return TypeInteger
	}
	return TypeString
}

// The JSON types of parameters.
const (
	TypeString  = "string"
	TypeInteger = "integer"
)

// MarkText returns the mark in words, for example "inferred", "published once, in
// 2022" or "replaced by the profile".
func (r Row) MarkText() string {
	switch {
	case r.Off:
		return "switched off by the profile"
	case r.Replaced && r.Day != "":
		return fmt.Sprintf("%s on %s", r.Mark, r.Day)
	case r.Replaced:
		return "replaced by the profile"
	case r.Once != "":
		return fmt.Sprintf("%s once, %s", r.Mark, r.Once)
	}
	return string(r.Mark)
}
