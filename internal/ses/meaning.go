package ses

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// meaning is what an error code of the service means to the user of sesctl. A code
// also covers its sub-codes: InternalError covers InternalError.Database.
type meaning struct {
	code   string
	kind   failure.Kind
	reason string
	hints  []string

	belief    bool // the row of the API table may have wrong names
	throttled bool // the request was not carried out, and may be later
	uncertain bool // the request may have been carried out
}

const (
	hintSenders = "'sesctl sender list' shows the sender addresses of the account"
	hintRules   = "'sesctl callback validate URL' checks the known rules; the host must exist, and the internet must be able to reach it"
	hintWait    = "wait a moment and try again"
)

// meanings returns the table of error codes. The first row that matches applies,
// so sub-codes come before their families. Sources of the codes: "Common error
// codes" in the API reference of every product, and tencentcloud-sdk-go ses
// v1.3.136, errors.go. The code of a callback action is inferred.
func meanings() []meaning {
	return []meaning{
		{code: sesapi.CodeSignatureExpire, kind: failure.Auth,
			reason: "the clocks of this machine and of the service are more than 5 minutes apart", hints: []string{"set the clock of this machine"}},
		{code: sesapi.CodeSignatureFailure, kind: failure.Auth,
			reason: "the signature is wrong; the secret key does not belong to the secret id", hints: []string{"check the secret key"}},
		{code: sesapi.CodeInvalidAuthorization, kind: failure.Auth,
			reason: "the service could not read the signature", hints: []string{"check the secret id and key for stray characters"}},
		{code: sesapi.CodeSecretIDNotFound, kind: failure.Auth,
			reason: "the service does not know the secret id", hints: []string{"check the secret id; it may have been deleted or disabled"}},
		{code: sesapi.CodeTokenFailure, kind: failure.Auth,
			reason: "the temporary token is wrong or has expired", hints: []string{"get new temporary credentials"}},
		{code: sesapi.CodeAuthUnauthorized, kind: failure.Auth, reason: "access management does not allow it", hints: []string{hintPermission}},
		{code: "AuthFailure", kind: failure.Auth, reason: "the credentials were refused"},
		{code: sesapi.CodeUnauthorized, kind: failure.Auth, reason: "access management does not allow it", hints: []string{hintPermission}},

		{code: sesapi.CodeNoSuchSender, kind: failure.NotFound,
			reason: "the account has no such sender address", hints: []string{hintSenders}},
		{code: sesapi.CodeResourceNotFound, kind: failure.NotFound, reason: "there is no such callback or sender address", hints: []string{hintSenders}},
		{code: sesapi.CodeRepeatCreation, kind: failure.Conflict,
			reason: "there is already a callback", hints: []string{"'sesctl callback get' shows it; 'set --replace' replaces it"}},
		{code: sesapi.CodeRepeatEmailAddress, kind: failure.Conflict, reason: "the sender address already exists"},

		{code: sesapi.CodeIllegalEmailAddress, kind: failure.Failure, reason: "the service does not accept the address", hints: []string{hintSenders}},
		{code: sesapi.CodeIllegalURL, kind: failure.Failure, reason: "the service does not accept the URL", hints: []string{hintRules}},
		{code: sesapi.CodeURLForbidden, kind: failure.Failure, reason: "the service forbids the URL", hints: []string{hintRules}},
		{code: sesapi.CodeFrequencyLimit, kind: failure.Failure, throttled: true, reason: "too many requests in a short time", hints: []string{hintWait}},
		{code: sesapi.CodeNotAvailable, kind: failure.Failure, throttled: true,
			reason: "the service is temporarily unavailable; the request was not carried out", hints: []string{hintWait}},
		{code: sesapi.CodeNotAllowDelete, kind: failure.Failure, reason: "the service does not allow the deletion"},
		{code: sesapi.CodeExceedSenderLimit, kind: failure.Failure, reason: "the domain has the maximum number of sender addresses"},

		{code: sesapi.CodeRequestLimitExceeded, kind: failure.Failure, throttled: true, reason: "too many requests in a short time", hints: []string{hintWait}},
		{code: sesapi.CodeInvalidAction, kind: failure.Failure, belief: true, reason: "the endpoint does not know the action"},
		{code: sesapi.CodeUnknownParameter, kind: failure.Failure, belief: true, reason: "the endpoint does not know a parameter"},
		{code: sesapi.CodeMissingParameter, kind: failure.Failure, belief: true, reason: "the endpoint requires another parameter"},
		{code: sesapi.CodeInvalidParameter, kind: failure.Failure, belief: true, reason: "the endpoint does not accept a parameter"},
		{code: sesapi.CodeInvalidValue, kind: failure.Failure, reason: "the service does not accept a value"},
		{code: sesapi.CodeNoSuchVersion, kind: failure.Failure,
			reason: "the endpoint does not know version " + sesapi.Version + " of SES", hints: []string{hintEndpoint}},
		{code: sesapi.CodeUnsupportedRegion, kind: failure.Failure,
			reason: "the endpoint does not serve the region", hints: []string{"choose another with --region; 'sesctl doctor' shows where region and endpoint come from"}},
		{code: sesapi.CodeRequestSizeLimit, kind: failure.Failure, reason: "the request is too large"},
		{code: sesapi.CodeUnsupportedProtocol, kind: failure.Failure, reason: "the endpoint does not accept this kind of request", hints: []string{hintEndpoint}},
		{code: sesapi.CodeInternalError, kind: failure.Failure, uncertain: true, reason: "the service had an internal error", hints: []string{hintWait}},
		{kind: failure.Failure, reason: "the service refused the request"},
	}
}

const hintPermission = "the user or role needs the permission %s:%s; ask the person who manages access (CAM) for the account"

func meaningOf(code string) meaning {
	all := meanings()
	return all[slices.IndexFunc(all, func(m meaning) bool { // the last row matches every code
		return m.code == "" || code == m.code || strings.HasPrefix(code, m.code+".")
	})]
}

// isClientCode reports whether an error code was made by the SDK itself. The
// messages of such errors may hold the body of an answer.
func isClientCode(code string) bool { return strings.HasPrefix(code, "ClientError.") }

// apiFault returns the fault for an error that the service answered.
func (c *Client) apiFault(row sesapi.Row, api *tcerrors.TencentCloudSDKError, v values, x *exchange) *fault {
	m := meaningOf(api.Code)
	f := &fault{
		word: plainCode(api.Code), code: plainCode(api.Code), requestID: plainID(api.RequestId),
		kind: m.kind, throttled: m.throttled, uncertain: m.uncertain, again: m.uncertain,
	}
	f.reason = m.reason
	if m.belief {
		f.reason = fmt.Sprintf("%s: %s (%s)", m.reason, row.Action, row.MarkText())
		f.hints = beliefHints(row)
	}
	f.reason += "; the service answered " + f.code
	if f.message = cleanMessage(api.Message, v); f.message != "" {
		f.reason += ": " + f.message
	}
	for _, hint := range m.hints {
		if hint == hintPermission {
			hint = fmt.Sprintf(hintPermission, c.product, row.Action)
		}
		f.hints = append(f.hints, hint)
	}
	if m.kind == failure.Auth && c.source != "" {
		f.hints = append(f.hints, "the credentials come from "+c.source)
	}
	if api.Code == sesapi.CodeSignatureExpire && !x.serverTime.IsZero() {
		f.hints = append(f.hints, skewHint(c.now().Sub(x.serverTime)))
	}
	return f
}

func skewHint(skew time.Duration) string {
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	return fmt.Sprintf("this machine's clock is %s %s the service's", skew.Abs().Round(time.Second), direction)
}

// offFault returns the fault for an operation that the profile switches off.
func offFault(row sesapi.Row) *fault {
	return &fault{word: "off", kind: failure.Failure,
		reason: fmt.Sprintf("the profile switches the operation off (api: {%s: off})", row.Operation),
		hints:  nameHints(row)}
}

// beliefHints returns the next steps if a row of the API table fails.
func beliefHints(row sesapi.Row) []string {
	return append([]string{
		fmt.Sprintf("the name of %s is %s; your account may use another name", row.Operation, row.MarkText()),
	}, nameHints(row)...)
}

// nameHints returns the ways to find the true names of a row, or to work without
// it.
func nameHints(row sesapi.Row) []string {
	if row.Write {
		return []string{"'sesctl api learn' reads the true names from a capture of the console"}
	}
	return []string{
		"'sesctl api learn' reads the true names from a capture of the console; 'sesctl api probe' asks the endpoint",
		"--blind on set, delete and apply writes without reading first",
	}
}

// plainCode returns an error code that is safe to show.
func plainCode(code string) string {
	const longest = 100
	plain := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"
	if code == "" || len(code) > longest || strings.Trim(code, plain) != "" {
		return "unreadable-code"
	}
	return code
}
