package cli

import (
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// answer is the effective callback of one sender.
type answer struct {
	callback.Effective
	name       *string // of the sender, in the list of senders
	registered bool
	why        string
	asOf       *string // of an answer from the history
}

// MarshalJSON encodes the answer with its URLs in full.
func (r answer) MarshalJSON() ([]byte, error) {
	return output.Joined{struct {
		Sender     string          `json:"sender"`
		Name       *string         `json:"name,omitempty"`
		URL        string          `json:"url"`
		Source     callback.Source `json:"source"`
		Overridden string          `json:"overridden,omitempty"`
		Registered bool            `json:"registered"`
		Why        string          `json:"why,omitempty"`
		AsOf       *string         `json:"as_of,omitempty"`
	}{r.Sender.Address(), r.name, r.URL.Whole(), r.Source, r.Overridden.Whole(), r.registered, r.why, r.asOf}}.MarshalJSON()
}

func resolveAll(snapshot callback.Snapshot, targets []callback.Target, explain bool) []answer {
	answers := make([]answer, 0, len(targets))
	for _, t := range targets {
		got := answer{Effective: snapshot.Callbacks.Resolve(t), registered: t.IsAccount() || snapshot.Registered(t)}
		if explain {
			got.why = got.explain()
		}
		answers = append(answers, got)
	}
	return answers
}

func (r answer) explain() string {
	if r.Sender.IsAccount() {
		return "the account's callback, used for every sender without its own callback"
	}
	var why string
	switch r.Source {
	case callback.SourceSender:
		why = "the sender has its own callback"
		if !r.Overridden.IsZero() {
			why += ", which overrides the account's callback"
		}
	case callback.SourceAccount:
		why = "the sender has no callback of its own, so the account's callback is used"
	default:
		why = "neither the sender nor the account has a callback, so no events are sent"
	}
	if !r.registered {
		why += "; the sender address is not registered in the account"
	}
	return why
}

func addressesOf(snapshot callback.Snapshot) []string {
	addresses := make([]string, len(snapshot.Senders))
	for i, s := range snapshot.Senders {
		addresses[i] = s.Target.Address()
	}
	return addresses
}
