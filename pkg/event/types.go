package event

// TypeInfo is what the documentation says about a type of events.
type TypeInfo struct {
	Type    Type     `json:"type"`
	EventID int64    `json:"eventid"`
	Summary string   `json:"summary"`
	Fields  []string `json:"fields"` // the names of the fields that it carries, in the order of Fields
}

// Types returns the documented types, by eventid.
func Types() []TypeInfo {
	types := []TypeInfo{
		{Delivered, Delivered.EventID(), "the recipient's mail server accepted the email", nil},
		{Dropped, Dropped.EventID(), "the email cannot be delivered and was dropped", nil},
		{Bounce, Bounce.EventID(), "the recipient's mail server rejected the email", nil},
		{Open, Open.EventID(), "the recipient opened the email", nil},
		{Click, Click.EventID(), "the recipient clicked a link in the email", nil},
		{SpamReport, SpamReport.EventID(), "the recipient reported the email as spam", nil},
		{Unsubscribe, Unsubscribe.EventID(), "the recipient clicked a link whose URL contains \"unsubscribe\"", nil},
		{Deferred, Deferred.EventID(), "the recipient's mail server delayed the email; delivery is being retried", nil},
	}
	for i := range types {
		for _, f := range table {
			if f.carriedBy(types[i].Type) {
				types[i].Fields = append(types[i].Fields, f.Name)
			}
		}
	}
	return types
}

// EventID returns the number of t, or 0 if the documentation gives it none.
func (t Type) EventID() int64 {
	switch t {
	case Delivered:
		return 1
	case Dropped:
		return 2
	case Bounce:
		return 3
	case Open:
		return 4
	case Click:
		return 5
	case SpamReport:
		return 6
	case Unsubscribe:
		return 7
	case Deferred:
		return 8
	}
	return 0
}

// Known reports whether t is documented, or was.
func (t Type) Known() bool { return t.EventID() != 0 || t == Processed }
