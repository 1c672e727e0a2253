package emulator

import (
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// outcome is one event of a recipient: its type, the fields that differ from the
// sample event of that type, and the time between the sending and the event.
type outcome struct {
	Type       event.Type
	BounceType event.BounceType
	Reason     string
	After      time.Duration
}

// labels are the outcomes that the local part of a recipient, or a scenario, can
// choose.
var labels = [...]struct {
	label   string
	outcome outcome
}{
	{"deliver", outcome{Type: event.Delivered}},
	{"bounce", outcome{Type: event.Bounce, BounceType: event.HardBounce, Reason: "551 5.1.1 recipient is not exist"}},
	{"soft-bounce", outcome{Type: event.Bounce, BounceType: event.SoftBounce, Reason: "452 4.2.2 mailbox is full"}},
	{"drop", outcome{Type: event.Dropped, Reason: reasonBlocked}},
	{"defer", outcome{Type: event.Deferred, Reason: "451 4.7.1 try again later"}},
	{"spam", outcome{Type: event.SpamReport}},
	{"open", outcome{Type: event.Open}},
	{"click", outcome{Type: event.Click}},
	{"unsubscribe", outcome{Type: event.Unsubscribe}},
}

// Labels returns the labels of the outcomes that a recipient can choose, in
// alphabetical order.
func Labels() []string {
	all := make([]string, 0, len(labels))
	for _, l := range labels {
		all = append(all, l.label)
	}
	slices.Sort(all)
	return all
}

// labelled returns the outcome with a label.
func labelled(label string) (o outcome, there bool) {
	for _, l := range labels {
		if l.label == label {
			return l.outcome, true
		}
	}
	return o, false
}

// outcomes returns the events of an email to a recipient, in order. The local part of
// the address chooses them: one or more labels, joined by plus signs. The first part
// that is not a label ends them, as in open+click+order-17.
func outcomes(recipient string) []outcome {
	local, _, _ := strings.Cut(strings.ToLower(recipient), "@")
	var chosen []outcome
	for part := range strings.SplitSeq(local, "+") {
		o, there := labelled(part)
		if !there {
			break
		}
		chosen = append(chosen, o)
	}
	return complete(chosen)
}

// complete adds the event "delivered" if it is needed: before events that a reader
// causes, and after the last deferral. An email that bounces or is dropped has no
// further events.
func complete(chosen []outcome) []outcome {
	var all []outcome
	delivered := false
	for _, o := range chosen {
		switch o.Type {
		case event.Bounce, event.Dropped:
			if !delivered {
				return append(all, o)
			}
		case event.Deferred:
			if !delivered {
				all = append(all, o)
			}
		case event.Delivered:
			if !delivered {
				all, delivered = append(all, o), true
			}
		default:
			if !delivered {
				all, delivered = append(all, outcome{Type: event.Delivered, After: o.After}), true
			}
			all = append(all, o)
		}
	}
	if !delivered {
		all = append(all, outcome{Type: event.Delivered})
	}
	return all
}
