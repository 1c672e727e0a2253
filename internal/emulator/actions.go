package emulator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// action is one action of the API: its parameters, which are checked first, and the
// function that runs it.
type action struct {
	params []param
	write  bool // it changes the account
	// product is set if the action belongs to another product than SES.
	product string
	run     func(r *request) *apiError
}

// publishedActions returns the actions of the SDK that the emulator serves. Their
// parameters come from the published table.
func publishedActions() map[string]action {
	return map[string]action{
		"BatchSendEmail":                 {write: true, run: batchSendEmail},
		"CreateAddressUnsubscribeConfig": {write: true, run: createAddressUnsubscribeConfig},
		"CreateCustomBlacklist":          {write: true, run: createCustomBlacklist},
		"CreateEmailAddress":             {write: true, run: createSender},
		"CreateEmailIdentity":            {write: true, run: createEmailIdentity},
		"CreateEmailTemplate":            {write: true, run: createEmailTemplate},
		"CreateReceiver":                 {write: true, run: createReceiver},
		"CreateReceiverDetail":           {write: true, run: createReceiverDetail},
		"CreateReceiverDetailWithData":   {write: true, run: createReceiverDetailWithData},
		"DeleteAddressUnsubscribeConfig": {write: true, run: deleteAddressUnsubscribeConfig},
		"DeleteBlackList":                {write: true, run: deleteBlackList},
		"DeleteCustomBlackList":          {write: true, run: deleteCustomBlackList},
		"DeleteEmailAddress":             {write: true, run: deleteSender},
		"DeleteEmailIdentity":            {write: true, run: deleteEmailIdentity},
		"DeleteEmailTemplate":            {write: true, run: deleteEmailTemplate},
		"DeleteReceiver":                 {write: true, run: deleteReceiver},
		"GetAbuseReport":                 {run: getAbuseReport},
		"GetEmailIdentity":               {run: getEmailIdentity},
		"GetEmailTemplate":               {run: getEmailTemplate},
		"GetSendEmailStatus":             {run: getSendEmailStatus},
		"GetStatisticsReport":            {run: getStatisticsReport},
		"ListAddressUnsubscribeConfig":   {run: listAddressUnsubscribeConfig},
		"ListBlackEmailAddress":          {run: listBlackEmailAddress},
		"ListCustomBlacklist":            {run: listCustomBlacklist},
		"ListEmailAddress":               {}, // its row names the fields of its answer
		"ListEmailIdentities":            {run: listEmailIdentities},
		"ListEmailTemplates":             {run: listEmailTemplates},
		"ListReceiverDetails":            {run: listReceiverDetails},
		"ListReceivers":                  {run: listReceivers},
		"ListSendTasks":                  {run: listSendTasks},
		"SendEmail":                      {write: true, run: sendEmail},
		"UpdateAddressUnsubscribeConfig": {write: true, run: updateAddressUnsubscribeConfig},
		"UpdateCustomBlackList":          {write: true, run: updateCustomBlackList},
		"UpdateEmailIdentity":            {write: true, run: updateEmailIdentity},
		"UpdateEmailSmtpPassWord":        {write: true, run: updateEmailSMTPPassword},
		"UpdateEmailTemplate":            {write: true, run: updateEmailTemplate},
	}
}

// newActions returns the actions that a table names. Two operations can share an
// action only if each request shows which of them it means.
func newActions(table sesapi.Table) (map[string]*action, error) {
	actions := map[string]*action{}
	add := func(name string, a action) error {
		if _, taken := actions[name]; taken {
			return fmt.Errorf("two operations have the action %s, and no request shows which of them is meant", quote(name))
		}
		actions[name] = &a
		return nil
	}
	if err := addPublished(table, add); err != nil {
		return nil, err
	}
	for _, build := range []func(sesapi.Table) (map[sesapi.Operation]action, error){accountActions, senderCallbackActions} {
		built, err := build(table)
		if err != nil {
			return nil, err
		}
		for _, operation := range slices.Sorted(maps.Keys(built)) {
			a := built[operation]
			if err := checkNames(string(operation), a.params); err != nil {
				return nil, err
			}
			if err := add(table.Row(operation).Action, a); err != nil {
				return nil, err
			}
		}
	}
	return actions, nil
}

// addPublished adds the published actions. If a row of the table renames an action or
// its parameters, that name is used.
func addPublished(table sesapi.Table, add func(string, action) error) error {
	original, published := sesapi.Default(), sesapi.PublishedActions()
	rows := map[string]sesapi.Row{}
	for _, row := range original.Rows() {
		if _, there := published[row.Action]; there {
			rows[row.Action] = table.Row(row.Operation)
		}
	}
	served := publishedActions()
	for _, name := range slices.Sorted(maps.Keys(served)) {
		a := served[name]
		a.params = byName(published[name].Params)
		if row, there := rows[name]; there {
			renameParams(a.params, original.Row(row.Operation).Request, row.Request)
			if row.Operation == sesapi.ListSenders {
				var err error
				if a.run, err = listSendersAs(row); err != nil {
					return err
				}
			}
			if err := checkNames(string(row.Operation), a.params); err != nil {
				return err
			}
			name = row.Action
		}
		if err := add(name, a); err != nil {
			return err
		}
	}
	return nil
}

// renameParams renames parameters from the names in the default row to the names in
// another row.
func renameParams(params []param, before, after map[string]string) {
	for key, name := range before {
		for i := range params {
			if params[i].key == name {
				params[i].Name = after[key]
			}
		}
	}
}

// checkNames refuses an action if two of its parameters have the same name, or if a
// required parameter has no name.
func checkNames(operation string, params []param) error {
	seen := map[string]bool{}
	for _, p := range params {
		if p.Required && p.Name == "" {
			return fmt.Errorf("%s: a required request field has no name", operation)
		}
		if p.Name != "" && seen[p.Name] {
			return fmt.Errorf("%s: two request fields have the name %s", operation, quote(p.Name))
		}
		seen[p.Name] = true
	}
	return nil
}

// rowParam returns the parameter that a row names for a key.
func rowParam(row sesapi.Row, key string, kind sesapi.Type, required bool) param {
	return param{key, sesapi.Param{Name: row.Request[key], Type: kind, Required: required}}
}

// accountActions returns the actions of the account's callback. One action may both
// set and clear it: then a request without a URL, or with an empty one, clears it.
func accountActions(table sesapi.Table) (map[sesapi.Operation]action, error) {
	get, set, unset := table.Row(sesapi.GetAccountCallback), table.Row(sesapi.SetAccountCallback), table.Row(sesapi.ClearAccountCallback)
	fields, err := newFields(get.Response)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", get.Operation, err)
	}
	setName, clearName := set.Request[sesapi.KeyURL], unset.Request[sesapi.KeyURL]
	actions := map[sesapi.Operation]action{
		get.Operation: {run: getAccountURL(fields)},
		set.Operation: {write: true, run: setAccountURL, params: []param{rowParam(set, sesapi.KeyURL, sesapi.String, true)}},
	}
	if set.Action != unset.Action {
		actions[unset.Operation] = action{write: true, run: clearAccountURL,
			params: []param{rowParam(unset, sesapi.KeyURL, sesapi.String, clearName != "")}}
		return actions, nil
	}
	if clearName != "" && clearName != setName {
		return nil, fmt.Errorf("%s and %s have the same action, and different names for the URL", set.Operation, unset.Operation)
	}
	actions[set.Operation] = action{write: true, run: putAccountURL,
		params: []param{rowParam(set, sesapi.KeyURL, sesapi.String, clearName != "")}}
	return actions, nil
}

// senderCallbackActions returns the actions of the callbacks of senders. One action
// may both create and change a callback: then it does either, as needed.
func senderCallbackActions(table sesapi.Table) (map[sesapi.Operation]action, error) {
	list, create := table.Row(sesapi.ListSenderCallbacks), table.Row(sesapi.CreateSenderCallback)
	change, remove := table.Row(sesapi.ChangeSenderCallback), table.Row(sesapi.DeleteSenderCallback)
	top, item, err := listFields(list, nil)
	if err != nil {
		return nil, err
	}
	actions := map[sesapi.Operation]action{
		list.Operation: {run: listURLs(top, item, list.Request[sesapi.KeyLimit] != ""), params: []param{
			rowParam(list, sesapi.KeyOffset, sesapi.Unsigned, false), rowParam(list, sesapi.KeyLimit, sesapi.Number, false)}},
		create.Operation: {write: true, run: createURL, params: addressAndURL(create)},
		change.Operation: {write: true, run: changeURL, params: addressAndURL(change)},
		remove.Operation: {write: true, run: deleteURL, params: []param{rowParam(remove, sesapi.KeyAddress, sesapi.String, true)}},
	}
	if create.Action == change.Action && maps.Equal(create.Request, change.Request) {
		delete(actions, change.Operation)
		actions[create.Operation] = action{write: true, run: putURL, params: addressAndURL(create)}
	}
	return actions, nil
}

func addressAndURL(row sesapi.Row) []param {
	return []param{rowParam(row, sesapi.KeyAddress, sesapi.String, true), rowParam(row, sesapi.KeyURL, sesapi.String, true)}
}

// listFields returns the fields of a response with a list: top are the fields beside
// the list, and item the fields of each item. More are published fields of items that
// no row names.
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
