package capture

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// object is a JSON object whose values are not read yet.
type object = map[string]json.RawMessage

// Call is one call of SES in a capture. Its values are secrets: they contain callback
// URLs and sender addresses.
type Call struct {
	Action string
	// Params are the parameters of the action, without the ones of every call
	// (Version, Language and the like). Nil if the capture does not show them.
	Params object
	// Answer is the object Response without RequestId. Nil if the capture shows no
	// answer, or an error.
	Answer object
	// ErrorCode is the code of the error that was answered, or "".
	ErrorCode string
	// Write is true if the source itself marks the call as a change, as the audit log
	// does.
	Write bool

	account string // a digest of who called: only compared, never shown
}

// Mention is an action that a script of the console names, with the names of the
// parameters beside it. Nobody called it, so it is a guess.
type Mention struct {
	Action string
	Params []string
}

// Capture is the result of reading a capture.
type Capture struct {
	Calls    []Call
	Mentions []Mention
	// Hosts and Products count all requests that were seen, for a message that
	// explains why nothing was found. Requests without a product have the key "".
	Hosts    map[string]int
	Products map[string]int
	// Warnings name parts of the capture that could not be read.
	Warnings []string
}

// Add adds the content of another capture.
func (c *Capture) Add(other Capture) {
	c.Calls = append(c.Calls, other.Calls...)
	c.Mentions = append(c.Mentions, other.Mentions...)
	c.Warnings = append(c.Warnings, other.Warnings...)
	for host, n := range other.Hosts {
		c.count(&c.Hosts, host, n)
	}
	for product, n := range other.Products {
		c.count(&c.Products, product, n)
	}
}

func (c *Capture) count(counts *map[string]int, name string, n int) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	if _, known := (*counts)[name]; known || len(*counts) < maxNames {
		(*counts)[name] += n
	}
}

// maxNames is how many hosts and products of a capture are kept.
const maxNames = 200

// Empty reports whether the capture contains nothing about SES.
func (c Capture) Empty() bool { return len(c.Calls) == 0 && len(c.Mentions) == 0 }

// Accounts returns how many accounts called SES in the capture. Calls that do not
// show their account are not counted. Some forms of the console show the owner of
// the account, others the user only; the two are counted apart.
func (c Capture) Accounts() int {
	owners, users := map[string]bool{}, map[string]bool{}
	for _, call := range c.Calls {
		if strings.HasPrefix(call.account, "owner") {
			owners[call.account] = true
		} else if call.account != "" {
			users[call.account] = true
		}
	}
	return max(len(owners), len(users))
}

// SeenHosts returns the hosts of all requests, in order.
func (c Capture) SeenHosts() []string { return slices.Sorted(maps.Keys(c.Hosts)) }

// SeenProducts returns the products of all calls of the console, in order.
func (c Capture) SeenProducts() []string { return slices.Sorted(maps.Keys(c.Products)) }

// isCommon reports whether a parameter belongs to every call of API 3.0 or to the
// console's own envelope, and not to the action. The names are the "Common
// parameters" of API 3.0, and the parameters that old events of CloudAudit hold.
func isCommon(name string) bool {
	switch name {
	case "Version", "version", "Language", "language", "Action", "Nonce", "Region", "RequestClient", "SecretId",
		"Timestamp", "Token", "Signature", "SignatureMethod", "RequestId":
		return true
	}
	return false
}

// withoutCommon returns an object without the fields that every call or answer has.
func withoutCommon(in object) object {
	if in == nil {
		return nil
	}
	out := make(object, len(in))
	for name, value := range in {
		if !isCommon(name) {
			out[name] = value
		}
	}
	return out
}

const product = sesapi.Service
