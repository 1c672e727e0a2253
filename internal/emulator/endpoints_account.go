package emulator

import (
	"net/http"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// faultList is the JSON of a list of faults.
type faultList struct {
	Faults []string `json:"faults"`
}

func serveFaults(e *Emulator, _ *http.Request) (any, error) {
	list := faultList{[]string{}}
	for _, f := range e.Faults() {
		list.Faults = append(list.Faults, f.String())
	}
	return list, nil
}

func putFaults(e *Emulator, r *http.Request) (any, error) {
	var list faultList
	if err := readControl(r, &list); err != nil {
		return nil, err
	}
	all := []Fault{}
	for _, spec := range list.Faults {
		f, err := ParseFault(spec)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if err := e.SetFaults(all); err != nil {
		return nil, err
	}
	return serveFaults(e, r)
}

// callbackText is the JSON of a callback.
type callbackText struct {
	Scope  string `json:"scope"`
	Sender string `json:"sender,omitempty"`
	URL    string `json:"url"`
}

func serveCallbacks(e *Emulator, _ *http.Request) (any, error) {
	set, err := e.Callbacks()
	list := []callbackText{}
	for _, c := range set.All() {
		text := callbackText{Scope: "account", URL: c.URL.Whole()}
		if c.Target != callback.Account() {
			text.Scope, text.Sender = "sender", c.Target.Address()
		}
		list = append(list, text)
	}
	return map[string]any{"callbacks": list}, err
}

func putCallback(e *Emulator, r *http.Request) (any, error) {
	var text callbackText
	if err := readControl(r, &text); err != nil {
		return nil, err
	}
	t := callback.Account()
	switch {
	case text.Scope == "account" && text.Sender == "":
	case text.Scope == "sender":
		var err error
		if t, err = callback.ParseSender(text.Sender); err != nil {
			return nil, failure.New(failure.Usage, "the sender address is not valid: %w", err)
		}
	default:
		return nil, failure.New(failure.Usage, "the scope must be account, or sender with a sender address")
	}
	if err := e.SetCallback(t, text.URL); err != nil {
		return nil, err
	}
	return serveCallbacks(e, r)
}

func reset(e *Emulator, _ *http.Request) (any, error) {
	return map[string]string{"action": "reset"}, e.Clear()
}
