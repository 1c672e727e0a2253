package capture

import (
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// Finding is what a capture shows about one operation. It contains names only.
type Finding struct {
	Operation sesapi.Operation
	Action    string
	// Request and Response map the keys of package sesapi to names on the wire, as
	// [sesapi.Row] does. A request key with an empty name is not sent.
	Request  map[string]string
	Response map[string]string
	// Strings are the request keys whose integers the console sends as strings.
	Strings []string
	// Certain is true if every name was recognised by its value. Otherwise Evidence
	// lists what was guessed, and why.
	Certain  bool
	Evidence []string
}

// learner collects the findings of one capture.
type learner struct {
	matcher
	table    sesapi.Table
	findings map[sesapi.Operation]Finding
	writers  []string // actions that write the callback of a sender, in the order of the calls
	twice    map[string]bool
}

// Learn returns what a capture shows about the operations on callbacks, in the order
// of the table. It omits operations that the capture does not show.
func (c Capture) Learn(known Known, table sesapi.Table) []Finding {
	l := &learner{matcher: known.matcher(), table: table, findings: map[sesapi.Operation]Finding{}, twice: map[string]bool{}}
	calls := slices.DeleteFunc(slices.Clone(c.Calls), func(call Call) bool { return sesapi.IsPublished(call.Action) })
	for _, call := range calls {
		l.byValues(call)
	}
	l.shareWriter()
	for _, call := range calls {
		l.byName(call)
	}
	for _, m := range c.Mentions {
		l.mention(m)
	}
	var found []Finding
	for _, row := range table.Rows() {
		if f, ok := l.findings[row.Operation]; ok {
			found = append(found, f)
		}
	}
	return found
}

// add adds a finding; a certain finding replaces a guess.
func (l *learner) add(f Finding) {
	before, found := l.findings[f.Operation]
	switch {
	case !found, f.Certain && !before.Certain:
		l.findings[f.Operation] = f
	case before.Certain && f.Certain && before.Action != f.Action:
		before.Certain = false
		before.Evidence = append(before.Evidence, "the capture shows another action for this too: "+f.Action)
		l.findings[f.Operation] = before
	}
}

// byValues recognises a call by the URLs and addresses in it.
func (l *learner) byValues(call Call) {
	params, _ := walk(call.Params)
	urls, senders := find(params, l.isURL), find(params, l.isSender)
	switch {
	case len(urls) == 1 && len(senders) == 0:
		l.add(l.judge(call, Finding{Operation: sesapi.SetAccountCallback, Request: map[string]string{sesapi.KeyURL: urls[0].path}},
			"its parameter "+urls[0].path+" held the callback URL, and no parameter held a sender address"))
	case len(urls) == 1 && len(senders) == 1:
		l.senderWrite(call, urls[0], senders[0])
	case len(urls) == 0 && len(senders) == 1:
		l.senderRemoval(call, senders[0])
	}
	if len(urls) == 0 && call.Answer != nil {
		l.answered(call, len(senders) > 0)
	}
}

// judge completes the finding of a call. A failed call shows the names that the
// console sends, but not that the service accepts them.
func (l *learner) judge(call Call, f Finding, evidence string) Finding {
	f.Action, f.Certain = call.Action, true
	f.Evidence = append(f.Evidence, evidence)
	if call.ErrorCode != "" {
		f.Certain = false
		f.Evidence = append(f.Evidence, "the call was answered with the error "+call.ErrorCode)
	}
	row := l.table.Row(f.Operation)
	params, _ := walk(call.Params)
	used := slices.Collect(maps.Values(f.Request))
	for _, p := range params {
		if !slices.Contains(used, p.path) && row.Write {
			f.Certain = false
			f.Evidence = append(f.Evidence, "the call has a parameter "+p.path+" that sesctl does not send")
		}
	}
	return f
}

func (l *learner) senderWrite(call Call, url, sender leaf) {
	f := Finding{Request: map[string]string{sesapi.KeyAddress: sender.path, sesapi.KeyURL: url.path}}
	verb, _ := verbOf(call.Action)
	evidence := "its parameters " + sender.path + " and " + url.path + " held a sender address and the callback URL"
	l.twice[call.Action] = slices.Contains(l.writers, call.Action)
	first := len(l.writers) == 0 || l.writers[0] == call.Action
	l.writers = append(l.writers, call.Action)
	switch {
	case isCreating(verb), !isChanging(verb) && first:
		f.Operation = sesapi.CreateSenderCallback
	default:
		f.Operation = sesapi.ChangeSenderCallback
	}
	f = l.judge(call, f, evidence)
	if !isCreating(verb) && !isChanging(verb) {
		f.Certain = false
		f.Evidence = append(f.Evidence, "whether it creates or changes a callback follows from the order of the calls only")
	}
	l.add(f)
}

// shareWriter adds the finding for changing a sender's callback if one action both
// creates and changes it. That is assumed if the action was called more than once, or
// if its name means neither.
func (l *learner) shareWriter() {
	f, found := l.findings[sesapi.CreateSenderCallback]
	if _, changed := l.findings[sesapi.ChangeSenderCallback]; !found || changed {
		return
	}
	verb, _ := verbOf(f.Action)
	if isCreating(verb) && !l.twice[f.Action] {
		return
	}
	f.Operation, f.Request, f.Evidence = sesapi.ChangeSenderCallback, maps.Clone(f.Request), slices.Clone(f.Evidence)
	f.Certain = false
	f.Evidence = append(f.Evidence, "no other action was seen that writes the callback of a sender")
	l.add(f)
}

func (l *learner) senderRemoval(call Call, sender leaf) {
	verb, _ := verbOf(call.Action)
	if !isRemoving(verb) {
		return
	}
	l.add(l.judge(call, Finding{Operation: sesapi.DeleteSenderCallback, Request: map[string]string{sesapi.KeyAddress: sender.path}},
		"its name removes something, and its parameter "+sender.path+" held a sender address"))
}

// byName recognises calls whose values were empty, by the names of actions that
// were recognised by their values.
func (l *learner) byName(call Call) {
	params, _ := walk(call.Params)
	verb, noun := verbOf(call.Action)
	set, hasSet := l.findings[sesapi.SetAccountCallback]
	if hasSet && call.Action == set.Action {
		for _, p := range params {
			if p.path == set.Request[sesapi.KeyURL] && p.isString() && p.text() == "" {
				l.add(l.judge(call, Finding{Operation: sesapi.ClearAccountCallback, Request: map[string]string{sesapi.KeyURL: p.path}},
					"it is the action that sets the URL, called with an empty one"))
			}
		}
		return
	}
	_, setNoun := verbOf(set.Action)
	if !hasSet || noun != setNoun {
		return
	}
	switch {
	case isRemoving(verb) && len(params) == 0:
		l.add(l.judge(call, Finding{Operation: sesapi.ClearAccountCallback, Request: map[string]string{sesapi.KeyURL: ""}},
			"its name removes what "+set.Action+" sets, and it has no parameter"))
	case isReading(verb) && call.Answer != nil:
		l.emptyAccount(call)
	}
}

// emptyAccount guesses the field of an answer that held no URL when the capture
// was made.
func (l *learner) emptyAccount(call Call) {
	leaves, _ := walk(call.Answer)
	texts := find(leaves, leaf.isString)
	if len(texts) != 1 {
		return
	}
	f := l.judge(call, Finding{Operation: sesapi.GetAccountCallback, Request: map[string]string{}, Response: map[string]string{sesapi.KeyURL: texts[0].path}},
		"its name reads what "+l.findings[sesapi.SetAccountCallback].Action+" sets, and its answer has one text, which was empty")
	f.Certain = false
	l.add(f)
}

// mention guesses a row from an action that only a script names.
func (l *learner) mention(m Mention) {
	if sesapi.IsPublished(m.Action) {
		return
	}
	verb, noun := verbOf(m.Action)
	for _, pair := range []struct {
		model, op sesapi.Operation
		fits      func(string) bool
	}{
		{sesapi.CreateSenderCallback, sesapi.ChangeSenderCallback, isChanging},
		{sesapi.CreateSenderCallback, sesapi.DeleteSenderCallback, isRemoving},
		{sesapi.ChangeSenderCallback, sesapi.CreateSenderCallback, isCreating},
		{sesapi.ChangeSenderCallback, sesapi.DeleteSenderCallback, isRemoving},
		{sesapi.SetAccountCallback, sesapi.ClearAccountCallback, isRemoving},
	} {
		model, seen := l.findings[pair.model]
		if _, modelNoun := verbOf(model.Action); !seen || !pair.fits(verb) || noun != modelNoun {
			continue
		}
		f := Finding{Operation: pair.op, Action: m.Action, Request: map[string]string{}}
		for key := range l.table.Row(pair.op).Request {
			f.Request[key] = model.Request[key]
			if len(m.Params) > 0 && !slices.Contains(m.Params, model.Request[key]) {
				f.Request[key] = ""
			}
		}
		f.Evidence = []string{"a script of the console names it beside " + model.Action + "; nobody called it"}
		if len(m.Params) > 0 {
			f.Evidence = append(f.Evidence, "the script gives it the parameters "+strings.Join(m.Params, ", "))
		}
		l.add(f)
	}
}
