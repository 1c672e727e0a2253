package ses

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Recognition is how an endpoint reacts to the name of an action.
type Recognition string

// The ways in which an endpoint reacts to the name of an action.
const (
	Answered  Recognition = "answered"  // without an error
	Exists    Recognition = "exists"    // with an error about parameters or values
	Unknown   Recognition = "unknown"   // there is no such action, or it is not open to these keys
	Forbidden Recognition = "forbidden" // access management (CAM) refuses it, so there is such an action
	Unclear   Recognition = "unclear"   // none of the above
)

// Asked is the answer of an endpoint to the question whether it knows an action.
type Asked struct {
	Action      string
	Recognition Recognition
	Code        string   // of the error, or ""
	Message     string   // of the error, cleaned for people
	Parameters  []string // names that the error mentions
	// Permission is the name of the action in access management, if access
	// management refused. It can differ from the action's own name.
	Permission string
	// Fields is the answer. It holds callback URLs: do not show its values.
	Fields map[string]json.RawMessage
}

// Ask calls an action without parameters and returns how the endpoint reacts to
// its name. If the row has that action, Ask sends the parameters of the row. It
// calls only actions whose names show that they read: nothing published proves
// that a wrong write changes nothing. Refused credentials and an endpoint that
// does not answer are errors.
func (c *Client) Ask(ctx context.Context, row sesapi.Row, action string) (Asked, error) {
	if row.Write || !ReadsByName(action) {
		return Asked{}, failure.New(failure.Usage, "%s is not called: its name does not show that it only reads", action).
			WithHint("sesctl calls only names that begin with %s", strings.Join(readVerbs, ", "))
	}
	v := values{}
	if action == row.Action {
		v = values{sesapi.KeyOffset: 0, sesapi.KeyLimit: sesapi.MaxPage}
	}
	row.Action, row.Off = action, false
	a, f := c.call(ctx, row, v)
	out := Asked{Action: action, Fields: a.fields}
	if f == nil {
		out.Recognition = Answered
		return out, nil
	}
	if f.code == "" {
		return Asked{}, f.failure("cannot ask for " + action)
	}
	out.Code, out.Message = f.code, f.message
	out.Recognition = recognise(f.code)
	if out.Recognition == "" {
		return Asked{}, f.failure("cannot ask for " + action)
	}
	out.Parameters, out.Permission = namesIn(f.message), permissionIn(f.message)
	return out, nil
}

// readVerbs are the verbs of actions that only read, by the convention of API 3.0.
var readVerbs = []string{"Get", "List", "Describe", "Query", "Search", "Check"}

// ReadsByName reports whether the name of an action shows that it only reads.
func ReadsByName(action string) bool {
	return slices.ContainsFunc(readVerbs, func(verb string) bool {
		rest, found := strings.CutPrefix(action, verb)
		return found && rest != "" && 'A' <= rest[0] && rest[0] <= 'Z' && strings.Trim(rest, letters) == ""
	})
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// recognise returns what an error code shows about the action, or "" if it shows
// nothing. The codes: "Common error codes" of API 3.0.
func recognise(code string) Recognition {
	family, _, _ := strings.Cut(code, ".")
	switch {
	case code == sesapi.CodeAuthUnauthorized || family == sesapi.CodeUnauthorized:
		return Forbidden
	case family == "AuthFailure", family == sesapi.CodeRequestLimitExceeded, code == sesapi.CodeNoSuchVersion, code == sesapi.CodeUnsupportedRegion:
		return ""
	case family == sesapi.CodeInvalidAction:
		return Unknown
	case slices.Contains([]string{sesapi.CodeMissingParameter, sesapi.CodeUnknownParameter, sesapi.CodeInvalidParameter,
		sesapi.CodeInvalidValue, sesapi.CodeResourceNotFound, "FailedOperation", "OperationDenied", "LimitExceeded"}, family):
		return Exists
	}
	return Unclear
}

// namesIn returns the parameters that a message names. The gateway puts them
// between backquotes: missing a required parameter `Limit`.
func namesIn(message string) []string {
	var names []string
	pattern := regexp.MustCompile("(?i)parameter `([A-Za-z][A-Za-z0-9_.]{0,80})`")
	for _, m := range pattern.FindAllStringSubmatch(message, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// permissionIn returns the operation that access management names when it refuses:
// you are not authorized to perform operation (ses:NAME).
func permissionIn(message string) string {
	m := regexp.MustCompile(`operation \((ses:[A-Za-z0-9_*]{1,80})\)`).FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return m[1]
}
