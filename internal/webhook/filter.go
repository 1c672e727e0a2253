package webhook

import (
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// Filter picks events by their fields. The zero Filter picks all.
type Filter struct {
	conditions []condition
}

type condition struct {
	field  string
	values []string
	not    bool
}

// ParseFilter reads conditions in the manner of the selectors of Kubernetes:
//
//	event=bounce                     a field has a value (== is the same)
//	event=bounce|dropped             or one of several
//	event!=open                      or none of them
//	event=bounce,bounceType=hard     every condition must hold
//
// The fields are [event.Fields], and the headers that come back with an
// event. A field that an event does not have is empty. Addresses are compared
// without regard to case, and bounce types in either spelling. Every expression
// must hold. The error has the kind usage.
func ParseFilter(expressions ...string) (Filter, error) {
	var filter Filter
	for _, expression := range expressions {
		for part := range strings.SplitSeq(expression, ",") {
			c, err := parseCondition(strings.TrimSpace(part))
			if err != nil {
				return Filter{}, err
			}
			filter.conditions = append(filter.conditions, c)
		}
	}
	return filter, nil
}

func parseCondition(text string) (condition, error) {
	field, value, ok := strings.Cut(text, "=")
	if !ok {
		return condition{}, failure.New(failure.Usage, "the filter %s is not FIELD=VALUE or FIELD!=VALUE", callback.Quote(text))
	}
	c := condition{}
	field, c.not = strings.CutSuffix(field, "!")
	if !c.not {
		value = strings.TrimPrefix(value, "=")
	}
	c.field = strings.TrimSpace(field)
	if _, known := event.FieldName(c.field); !known {
		return condition{}, failure.New(failure.Usage, "the filter %s names a field that events do not have", callback.Quote(text)).
			WithHint("'sesctl event types' lists the fields; headers begin with %s", event.HeaderPrefix)
	}
	for value := range strings.SplitSeq(value, "|") {
		c.values = append(c.values, normalValue(c.field, strings.TrimSpace(value)))
	}
	return c, nil
}

// normalValue returns a value in the spelling that is compared.
func normalValue(field, value string) string {
	switch field {
	case "email", "from", "fromDomain":
		return strings.ToLower(value)
	case "bounceType":
		var e event.Event
		if e.Set(field, value) == nil {
			return string(e.BounceType)
		}
	}
	return value
}

// Match reports whether every condition holds.
func (f Filter) Match(e event.Event) bool {
	for _, c := range f.conditions {
		value, _ := e.Get(c.field)
		if slices.Contains(c.values, normalValue(c.field, value)) == c.not {
			return false
		}
	}
	return true
}
