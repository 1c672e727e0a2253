package ses

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// CloudAudit is the audit log of Tencent Cloud (product cloudaudit, version
// 2019-03-19, action DescribeEvents). It keeps 90 days. A query covers less than
// 30 days, and an answer has at most 50 events.
const (
	auditProduct  = "cloudaudit"
	auditVersion  = "2019-03-19"
	auditPage     = 50
	auditSpan     = 29 * 24 * time.Hour
	AuditKept     = 90 * 24 * time.Hour
	auditMostRead = 5000 // events of one query
)

// Audit reads the audit log of an account. It changes nothing.
type Audit struct{ client *Client }

// NewAudit returns a reader of the audit log. Its endpoint belongs to the endpoint
// of SES: for ses.tencentcloudapi.com it is cloudaudit.tencentcloudapi.com. An
// endpoint with another kind of name, such as an emulator's, is itself asked for
// the audit log.
func NewAudit(o Options) (*Audit, error) {
	scheme, host, _ := strings.Cut(o.Endpoint, "://")
	if rest, found := strings.CutPrefix(host, sesapi.Service+"."); found {
		o.Endpoint = scheme + "://" + auditProduct + "." + rest
	}
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	c.product, c.version = auditProduct, auditVersion
	return &Audit{c}, nil
}

// AuditQuestion selects the events to read. Only one of Names and ResourceType is
// set, because the log combines its conditions with AND.
type AuditQuestion struct {
	Since, Until time.Time
	Names        []string // of events, any of them
	ResourceType string
}

// Events calls f with the text of each event, newest first. The texts hold keys,
// tokens and account numbers, so they must not be shown.
func (a *Audit) Events(ctx context.Context, q AuditQuestion, f func(event string)) error {
	read := 0
	for until := q.Until; until.After(q.Since); until = until.Add(-auditSpan) {
		since := until.Add(-auditSpan)
		if since.Before(q.Since) {
			since = q.Since
		}
		for token := ""; ; {
			events, next, err := a.page(ctx, q, since, until, token)
			if err != nil {
				return err
			}
			for _, event := range events {
				f(event)
			}
			if read += len(events); next == "" || read >= auditMostRead {
				break
			}
			token = next
		}
	}
	return nil
}

func auditRow() sesapi.Row {
	return sesapi.Row{Operation: "read-audit-log", Summary: "read the audit log", Action: "DescribeEvents", Mark: sesapi.Published,
		Request: map[string]string{"since": "StartTime", "until": "EndTime", "most": "MaxResults", "attributes": "LookupAttributes", "token": "NextToken"}}
}

type lookup struct{ AttributeKey, AttributeValue string }

func (a *Audit) page(ctx context.Context, q AuditQuestion, since, until time.Time, token string) (events []string, next string, err error) {
	row := auditRow()
	var attributes []lookup
	for _, name := range q.Names {
		attributes = append(attributes, lookup{"EventName", name})
	}
	if q.ResourceType != "" {
		attributes = append(attributes, lookup{"ResourceType", q.ResourceType})
	}
	v := values{"since": since.Unix(), "until": until.Unix(), "most": auditPage, "attributes": attributes}
	if token != "" {
		v["token"] = token
	}
	answer, f := a.client.call(ctx, row, v)
	if f != nil {
		return nil, "", f.failure(cannot(row))
	}
	objects, err := objectsAt(answer.fields, "Events")
	if err != nil {
		return nil, "", failure.New(failure.Failure, "%s: the answer to %s %w", cannot(row), row.Action, err)
	}
	for _, o := range objects {
		text, err := textAt(o, "CloudAuditEvent")
		if err != nil {
			return nil, "", failure.New(failure.Failure, "%s: an event %w", cannot(row), err)
		}
		events = append(events, text)
	}
	if over := answer.fields["ListOver"]; string(over) == "true" || len(events) == 0 {
		return events, "", nil
	}
	next, err = textAt(answer.fields, "NextToken")
	if err != nil { // a number in some versions
		next = strings.Trim(string(answer.fields["NextToken"]), `"`)
	}
	return events, next, nil
}

// String keeps the client, which holds keys, out of printed values.
func (a *Audit) String() string { return fmt.Sprintf("audit log at %s", a.client.host) }
