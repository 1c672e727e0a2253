package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sesctl/sesctl/internal/capture"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// readAuditEvents queries the audit log twice: for events of the product, and for the
// actions of the API table by name. The second query is needed because the product name
// in the log is a guess.
func readAuditEvents(ctx context.Context, audit *ses.Audit, since, until time.Time, names map[string]bool) (capture.Capture, error) {
	var c capture.Capture
	for _, question := range []ses.AuditQuestion{
		{Since: since, Until: until, ResourceType: sesapi.Service},
		{Since: since, Until: until, Names: slices.Sorted(maps.Keys(names))},
	} {
		unread := 0
		err := audit.Events(ctx, question, func(event string) {
			if !c.AddAudit(event, func(action string) bool { return names[action] }) {
				unread++
			}
		})
		if err != nil {
			return capture.Capture{}, err
		}
		if unread > 0 {
			c.Warnings = append(c.Warnings, plural(unread, "audit log event was", "audit log events were")+" skipped: unknown format")
		}
	}
	return c, nil
}
