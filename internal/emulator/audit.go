package emulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// The audit log, CloudAudit of Tencent Cloud: product cloudaudit, action
// DescribeEvents (API documentation of cloudaudit, version 2019-03-19). It returns
// the calls of this emulator since its start, newest first. It is not known whether
// the real CloudAudit records SES. The resource type "ses" is inferred.
const (
	auditVersion = "2019-03-19"
	auditAction  = "DescribeEvents"
	auditKept    = 1000 // calls
	auditLongest = 4096 // bytes of a request or an answer; a longer one is left out
	auditPage    = 50
	auditSpan    = 30 * 24 * 60 * 60 // seconds that a request may span
)

// auditLog keeps the most recent calls.
type auditLog struct {
	mu    sync.Mutex
	calls []auditedCall
}

// auditedCall is one call, as the log keeps it.
type auditedCall struct {
	at        time.Time
	id        string
	action    string
	run       *action
	in        object // nil if it was too long
	fields    []byte // of the answer, as they were sent; nil if it was too long
	errorCode string
}

func (l *auditLog) add(c auditedCall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls = append(l.calls, c); len(l.calls) >= 2*auditKept { // seldom, because all are moved
		l.calls = slices.Delete(l.calls, 0, len(l.calls)-auditKept)
	}
}

// newest returns the calls that are kept, oldest first.
func (l *auditLog) newest() []auditedCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls[max(0, len(l.calls)-auditKept):])
}

// auditEvents is the action DescribeEvents.
func auditEvents() *action {
	integer := func(name string, required bool) param {
		return param{name, sesapi.Param{Name: name, Type: sesapi.Integer, Required: required}}
	}
	text := func(name string) param { return param{name, sesapi.Param{Name: name, Type: sesapi.String}} }
	lookup := text("LookupAttributes")
	lookup.Type, lookup.List = sesapi.Object, true
	lookup.Fields = []sesapi.Param{{Name: "AttributeKey", Type: sesapi.String, Required: true}, {Name: "AttributeValue", Type: sesapi.String}}
	return &action{
		params: []param{integer("StartTime", true), integer("EndTime", true), integer("MaxResults", false), text("NextToken"), lookup},
		run:    describeEvents, product: "cloudaudit",
	}
}

func describeEvents(r *request) *apiError {
	start, end := r.in.number("StartTime"), r.in.number("EndTime")
	if end < start || end-start >= auditSpan {
		return refuse(sesapi.CodeInvalidValue+".Time", "The time from StartTime to EndTime must be under 30 days.")
	}
	most := r.in.number("MaxResults")
	if most < 1 || most > auditPage {
		most = auditPage
	}
	skip, _ := strconv.Atoi(r.in.text("NextToken"))
	var events []map[string]any
	matching := 0
	for _, c := range slices.Backward(r.audit.newest()) {
		if at := c.at.Unix(); at < start || at > end || !c.fits(r.in.list("LookupAttributes")) {
			continue
		}
		if matching++; matching > max(0, skip) && int64(len(events)) < most {
			events = append(events, c.event())
		}
	}
	read := max(0, skip) + len(events)
	return r.answers(fields{"Events": nonNil(events), "ListOver": read >= matching, "NextToken": strconv.Itoa(read), "TotalCount": matching})
}

func nonNil(events []map[string]any) []map[string]any {
	if events == nil {
		return []map[string]any{}
	}
	return events
}

// fits reports whether a call meets all conditions. Several values for one name are
// alternatives.
func (c auditedCall) fits(conditions []any) bool {
	named, nameFits := false, false
	for _, condition := range conditions {
		o, _ := condition.(object)
		value := o.text("AttributeValue")
		switch o.text("AttributeKey") {
		case "EventName":
			named, nameFits = true, nameFits || value == c.action
		case "ResourceType":
			if value != sesapi.Service {
				return false
			}
		case "ActionType":
			if value != c.kind() {
				return false
			}
		}
	}
	return !named || nameFits
}

func (c auditedCall) kind() string {
	if c.run.write {
		return "Write"
	}
	return "Read"
}

// event is a call in the form of the audit log.
func (c auditedCall) event() map[string]any {
	request, _ := json.Marshal(c.run.onWire(c.in)) // values of requests can always be encoded
	response := `{"RequestId":"` + c.id + `"}`
	if c.fields != nil {
		response = strings.TrimPrefix(string(c.fields), `{"Response":`) + `"RequestId":"` + c.id + `"}`
	}
	text, err := json.Marshal(map[string]any{
		"eventName": c.action, "eventSource": "ses.tencentcloudapi.com", "eventTime": c.at.Unix(), "requestID": c.id,
		"actionType": c.kind(), "resourceType": sesapi.Service, "apiErrorCode": c.errorCode,
		"requestParameters": string(request), "responseElements": response,
		"userIdentity": map[string]string{"accountId": "100000000000", "type": "Root"},
	})
	if err != nil {
		panic("emulator: an event of the audit log cannot be encoded: " + err.Error()) // texts can always be encoded
	}
	return map[string]any{
		"EventId": c.id, "EventName": c.action, "EventSource": "ses.tencentcloudapi.com", "EventTime": strconv.FormatInt(c.at.Unix(), 10),
		"ResourceTypeCn": sesapi.Service, "Status": 0, "CloudAuditEvent": string(text),
	}
}

// record keeps a call of SES for the audit log. Long requests and answers are left
// out: emails can have megabytes.
func (e *Emulator) record(got answered, body int, id string) {
	c := auditedCall{at: e.now(), id: id, action: got.action, run: got.run}
	if body <= auditLongest {
		c.in = got.in
	}
	switch {
	case got.err != nil:
		c.errorCode = got.err.code
	case len(got.fields) <= auditLongest:
		c.fields = slices.Clone(got.fields)
	}
	e.audit.add(c)
}

// onWire returns parameters under their names in the request, with the version that
// every request has.
func (a *action) onWire(in object) map[string]any {
	out := map[string]any{"Version": sesapi.Version}
	for _, p := range a.params {
		if value, given := in[p.key]; given && p.Name != "" {
			out[p.Name] = value
		}
	}
	return out
}
