package emulator

import (
	"fmt"
	"maps"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// action is one action of the API: its parameters, which are checked before it
// runs, and what it does. Run appends the fields of its answer, each followed by
// a comma, to b.
type action struct {
	params []param
	run    func(e *Emulator, b []byte, in args) ([]byte, *apiError)
}

// The parameters of an action in the order of its args.
const (
	argAddress = 0
	argURL     = 1 // and argName, where an address is created
	argName    = 1

	argAccountURL = 0

	argOffset = 0
	argLimit  = 1
	argTags   = 2
)

// newActions returns the actions that a table names. Operations of one action
// must be such that a request tells which of them is meant.
func newActions(table sesapi.Table) (map[string]*action, error) {
	actions := map[string]*action{"ListEmailIdentities": listEmailIdentities(), "GetSendEmailStatus": getSendEmailStatus()}
	for _, build := range []func(sesapi.Table) (map[string]*action, error){senderActions, sendActions, accountActions, senderCallbackActions} {
		built, err := build(table)
		if err != nil {
			return nil, err
		}
		for name, a := range built {
			if _, taken := actions[name]; taken {
				return nil, fmt.Errorf("two operations have the action %s, and no request tells which of them is meant", quote(name))
			}
			actions[name] = a
		}
	}
	return actions, nil
}

func senderActions(table sesapi.Table) (map[string]*action, error) {
	list, create, remove := table.Row(sesapi.ListSenders), table.Row(sesapi.CreateSender), table.Row(sesapi.DeleteSender)
	top, item, err := listFields(list, map[string]string{keyCreated: "CreatedTimestamp", keyPassword: "SmtpPwdType"})
	if err != nil {
		return nil, err
	}
	return distinct(map[sesapi.Operation]*action{
		list.Operation: {run: listSenders(top, item)},
		create.Operation: {run: createSender, params: []param{
			argAddress: {create.Request[sesapi.KeyAddress], text, true},
			argName:    {create.Request[sesapi.KeyName], text, false}}},
		remove.Operation: {run: removeSender, params: []param{
			argAddress: {remove.Request[sesapi.KeyAddress], text, true}}},
	}, table)
}

// accountActions are those of the account's callback. Setting and clearing it
// may be one action: then an empty URL, or none, clears.
func accountActions(table sesapi.Table) (map[string]*action, error) {
	get, set, unset := table.Row(sesapi.GetAccountCallback), table.Row(sesapi.SetAccountCallback), table.Row(sesapi.ClearAccountCallback)
	fields, err := newFields(get.Response)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", get.Operation, err)
	}
	setName, clearName := set.Request[sesapi.KeyURL], unset.Request[sesapi.KeyURL]
	actions := map[sesapi.Operation]*action{
		get.Operation: {run: getAccountURL(fields)},
		set.Operation: {run: setAccountURL, params: []param{argAccountURL: {setName, text, true}}},
	}
	if set.Action != unset.Action {
		actions[unset.Operation] = &action{run: clearAccountURL, params: []param{argAccountURL: {clearName, text, clearName != ""}}}
		return distinct(actions, table)
	}
	if clearName != "" && clearName != setName {
		return nil, fmt.Errorf("%s and %s have the same action, and different names for the URL", set.Operation, unset.Operation)
	}
	actions[set.Operation] = &action{run: putAccount, params: []param{argAccountURL: {setName, text, clearName != ""}}}
	return distinct(actions, table)
}

// senderCallbackActions are those of the callbacks of senders. Creating and
// changing one may be one action, which then does what is needed.
func senderCallbackActions(table sesapi.Table) (map[string]*action, error) {
	list, create := table.Row(sesapi.ListSenderCallbacks), table.Row(sesapi.CreateSenderCallback)
	change, remove := table.Row(sesapi.ChangeSenderCallback), table.Row(sesapi.DeleteSenderCallback)
	top, item, err := listFields(list, nil)
	if err != nil {
		return nil, err
	}
	actions := map[sesapi.Operation]*action{
		list.Operation: {run: listURLs(top, item, list.Request[sesapi.KeyLimit] != ""), params: []param{
			argOffset: {list.Request[sesapi.KeyOffset], integer, false},
			argLimit:  {list.Request[sesapi.KeyLimit], integer, false}}},
		create.Operation: {run: createURL, params: addressAndURL(create)},
		change.Operation: {run: changeURL, params: addressAndURL(change)},
		remove.Operation: {run: removeURL, params: []param{
			argAddress: {remove.Request[sesapi.KeyAddress], text, true}}},
	}
	if create.Action == change.Action && maps.Equal(create.Request, change.Request) {
		delete(actions, change.Operation)
		actions[create.Operation].run = putSenderURL
	}
	return distinct(actions, table)
}

func addressAndURL(row sesapi.Row) []param {
	return []param{
		argAddress: {row.Request[sesapi.KeyAddress], text, true},
		argURL:     {row.Request[sesapi.KeyURL], text, true}}
}

// distinct keys actions by their names. Every parameter that an action cannot do
// without must have a name.
func distinct(byOperation map[sesapi.Operation]*action, table sesapi.Table) (map[string]*action, error) {
	actions := map[string]*action{}
	for operation, a := range byOperation {
		name := table.Row(operation).Action
		if _, taken := actions[name]; taken {
			return nil, fmt.Errorf("two operations have the action %s, and no request tells which of them is meant", quote(name))
		}
		seen := map[string]bool{}
		for _, p := range a.params {
			if p.required && p.name == "" {
				return nil, fmt.Errorf("%s: a request field that is needed has no name", operation)
			}
			if p.name != "" && seen[p.name] {
				return nil, fmt.Errorf("%s: two request fields have the name %s", operation, quote(p.name))
			}
			seen[p.name] = true
		}
		actions[name] = a
	}
	return actions, nil
}

// listFields lays out the response of a list: the fields beside the list, and
// those of its items. More are the published fields of items that no row names.
func listFields(row sesapi.Row, more map[string]string) (top, item []field, err error) {
	topNames, itemNames := map[string]string{}, map[string]string{}
	for key, name := range row.Response {
		if key == sesapi.KeyItems || key == sesapi.KeyTotal {
			topNames[key] = name
		} else {
			itemNames[key] = name
		}
	}
	maps.Copy(itemNames, more)
	if top, err = newFields(topNames); err == nil {
		item, err = newFields(itemNames)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", row.Operation, err)
	}
	return top, item, nil
}
