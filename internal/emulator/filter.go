package emulator

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// Filter selects deliveries and messages. An empty field matches all of them.
type Filter struct {
	Message   string // the MessageId
	Sender    string
	Recipient string
	State     DeliveryStatus
	Since     time.Time
}

// Query returns the filter as the query of an endpoint.
func (f Filter) Query() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"message": f.Message, "sender": f.Sender, "recipient": f.Recipient, "state": string(f.State)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if !f.Since.IsZero() {
		query.Set("since", f.Since.Format(time.RFC3339Nano))
	}
	return query
}

// parseFilter reads a filter from a query. The error has the kind usage.
func parseFilter(query url.Values) (Filter, error) {
	f := Filter{Message: query.Get("message"), Sender: query.Get("sender"), Recipient: query.Get("recipient")}
	var err error
	if f.State, err = ParseState(query.Get("state")); err != nil {
		return f, err
	}
	if since := query.Get("since"); since != "" {
		if f.Since, err = parseSince(since); err != nil {
			return f, err
		}
	}
	return f, nil
}

// ParseState reads a delivery status; "" means any status. The error has the kind
// usage.
func ParseState(text string) (DeliveryStatus, error) {
	known := []DeliveryStatus{"", DeliveryPending, DeliveryAccepted, DeliveryFailed, DeliverySkipped}
	if !slices.Contains(known, DeliveryStatus(text)) {
		return "", failure.New(failure.Usage, "unknown state %s; the states are pending, accepted, failed and skipped", quote(text))
	}
	return DeliveryStatus(text), nil
}

// parseSince reads RFC 3339, or seconds since 1970.
func parseSince(text string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		return at, failure.New(failure.Usage, "since %s is neither a time such as 2026-03-04T12:00:00Z nor a number of seconds", quote(text))
	}
	return at, nil
}

func (f Filter) delivery(d Delivery) bool {
	return (f.Message == "" || d.MessageID == f.Message) && isWanted(d.Sender, f.Sender) && isWanted(d.Recipient, f.Recipient) &&
		(f.State == "" || d.Status == f.State) && !d.Time.Before(f.Since)
}

func (f Filter) message(m Message) bool {
	return (f.Message == "" || m.ID == f.Message) && isWanted(m.Sender, f.Sender) &&
		(f.Recipient == "" || slices.ContainsFunc(m.Recipients, func(r MessageRecipient) bool { return isWanted(r.Address, f.Recipient) })) &&
		!m.Sent.Before(f.Since)
}

// isWanted reports whether an address is the wanted one, which may have a display name.
// "" wants every address. A blank is a plus sign: in a query, plus means blank.
func isWanted(address, wanted string) bool {
	_, bare := bareAddress(wanted)
	return wanted == "" || strings.EqualFold(address, strings.ReplaceAll(bare, " ", "+"))
}
