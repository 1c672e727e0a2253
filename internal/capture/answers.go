package capture

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// answered recognises the actions that read callbacks by their answers. A URL outside
// a list is the account's callback. A URL beside an address in a list is a sender's
// callback. One action can answer with both.
func (l *learner) answered(call Call, ofOneSender bool) {
	leaves, lists := walk(call.Answer)
	if urls := find(leaves, l.isURL); len(urls) == 1 && !ofOneSender && len(find(leaves, l.isSender)) == 0 {
		f := l.judge(call, Finding{Operation: sesapi.GetAccountCallback, Request: map[string]string{}, Response: map[string]string{sesapi.KeyURL: urls[0].path}},
			"the field "+urls[0].path+" of its answer held the callback URL")
		l.add(f)
	}
	for _, found := range lists {
		l.senderList(call, found, leaves)
	}
}

// senderList recognises the list of the callbacks of senders.
func (l *learner) senderList(call Call, in list, leaves []leaf) {
	for _, o := range in.items {
		fields, _ := walk(o)
		urls, senders := find(fields, l.isURL), find(fields, l.isSender)
		if len(urls) != 1 || len(senders) != 1 {
			continue
		}
		f := Finding{
			Operation: sesapi.ListSenderCallbacks, Request: map[string]string{sesapi.KeyOffset: "", sesapi.KeyLimit: ""},
			Response: map[string]string{sesapi.KeyItems: in.path, sesapi.KeyAddress: senders[0].path, sesapi.KeyURL: urls[0].path, sesapi.KeyTotal: ""},
		}
		f = l.judge(call, f, "the list "+in.path+" of its answer held a sender address in "+senders[0].path+" and the callback URL in "+urls[0].path)
		l.total(&f, in, leaves)
		l.paging(&f, call)
		l.add(f)
		return
	}
}

// total finds the field with the number of all entries: an integer beside the list.
func (l *learner) total(f *Finding, in list, leaves []leaf) {
	parent := in.path[:strings.LastIndexByte(in.path, '.')+1]
	beside := find(leaves, func(x leaf) bool {
		return strings.HasPrefix(x.path, parent) && !strings.Contains(x.path[len(parent):], ".") && isInteger(x)
	})
	named := find(beside, func(x leaf) bool { return regexp.MustCompile(`(?i)total|count`).MatchString(x.name()) })
	switch {
	case len(named) == 1:
		f.Response[sesapi.KeyTotal] = named[0].path
	case len(beside) == 1:
		f.Response[sesapi.KeyTotal] = beside[0].path
		f.Certain = false
		f.Evidence = append(f.Evidence, "it is a guess that "+beside[0].path+" is the number of all entries")
	default:
		f.Certain = false
		f.Evidence = append(f.Evidence, "no field of the answer gives the number of all entries")
	}
}

// paging finds the parameters that choose a page.
func (l *learner) paging(f *Finding, call Call) {
	params, _ := walk(call.Params)
	for _, p := range params {
		key := ""
		switch {
		case regexp.MustCompile(`(?i)offset`).MatchString(p.name()):
			key = sesapi.KeyOffset
		case regexp.MustCompile(`(?i)limit|page_?size`).MatchString(p.name()):
			key = sesapi.KeyLimit
		}
		if key == "" || !isInteger(p) {
			if p.text() != "" {
				f.Certain = false
				f.Evidence = append(f.Evidence, "the call has a parameter "+p.path+" that sesctl does not send")
			}
			continue
		}
		f.Request[key] = p.path
		if p.isString() {
			f.Strings = append(f.Strings, key)
		}
	}
	slices.Sort(f.Strings)
}

func isInteger(l leaf) bool {
	text := l.text()
	return text != "" && strings.Trim(text, "0123456789") == ""
}
