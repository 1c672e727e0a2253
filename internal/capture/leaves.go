package capture

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// leaf is one value of a JSON object. Its path joins names with dots; "[]" follows
// the name of a list of plain values.
type leaf struct {
	path  string
	value json.RawMessage
}

func (l leaf) text() string { return scalar(l.value) }

func (l leaf) isString() bool { return len(l.value) > 0 && l.value[0] == '"' }

// name is the last part of the path.
func (l leaf) name() string {
	path := strings.TrimSuffix(l.path, "[]")
	return path[strings.LastIndexByte(path, '.')+1:]
}

// list is a list of objects in a JSON object.
type list struct {
	path  string
	items []object
}

// deepest is the greatest depth at which values of a capture are read.
const deepest = 6

// walk returns the plain values of an object and its lists of objects, in the
// order of their names.
func walk(o object) (leaves []leaf, lists []list) {
	walkInto(o, "", deepest, &leaves, &lists)
	return leaves, lists
}

func walkInto(o object, prefix string, depth int, leaves *[]leaf, lists *[]list) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		path, value := prefix+name, o[name]
		if plainName(name) == "" || len(value) == 0 {
			continue // it would be shown, but cannot be a name of the API
		}
		switch value[0] {
		case '{':
			var inner object
			if depth > 0 && json.Unmarshal(value, &inner) == nil {
				walkInto(inner, path+".", depth-1, leaves, lists)
			}
		case '[':
			walkList(path, value, leaves, lists)
		default:
			*leaves = append(*leaves, leaf{path, value})
		}
	}
}

func walkList(path string, value json.RawMessage, leaves *[]leaf, lists *[]list) {
	var items []object
	if json.Unmarshal(value, &items) == nil {
		*lists = append(*lists, list{path, items})
		return
	}
	var plain []json.RawMessage
	if json.Unmarshal(value, &plain) == nil && len(plain) == 1 {
		*leaves = append(*leaves, leaf{path + "[]", plain[0]})
	}
}

// Known are the values by which fields are recognised.
type Known struct {
	URLs    []string // the callback URLs that were typed; none for any URL that passes the rules
	Senders []string // the sender addresses; none for any email address
	Policy  callback.Policy
}

// matcher recognises values.
type matcher struct {
	urls    []string
	senders map[callback.Target]bool
	policy  callback.Policy
}

func (k Known) matcher() matcher {
	m := matcher{urls: k.URLs, policy: k.Policy, senders: map[callback.Target]bool{}}
	m.policy.PrivateHosts = true // tests with an emulator have such hosts
	for _, address := range k.Senders {
		if t, err := callback.ParseSender(address); err == nil {
			m.senders[t] = true
		}
	}
	return m
}

// isURL reports whether a value is a callback URL.
func (m matcher) isURL(l leaf) bool {
	text := l.text()
	if !l.isString() || !strings.Contains(text, "://") {
		return false
	}
	if len(m.urls) > 0 {
		return slices.ContainsFunc(m.urls, func(u string) bool { return callback.SameURL(u, text) })
	}
	return m.looksLikeURL(l)
}

// looksLikeURL reports whether a value passes the rules of callback URLs.
func (m matcher) looksLikeURL(l leaf) bool {
	return l.isString() && !slices.ContainsFunc(callback.CheckURL(l.text(), m.policy), func(p callback.Problem) bool {
		return p.Severity == callback.SeverityError
	})
}

func (m matcher) isSender(l leaf) bool {
	if !l.isString() {
		return false
	}
	t, err := callback.ParseSender(l.text())
	return err == nil && (len(m.senders) == 0 || m.senders[t])
}

func find(leaves []leaf, is func(leaf) bool) []leaf {
	var found []leaf
	for _, l := range leaves {
		if is(l) {
			found = append(found, l)
		}
	}
	return found
}

// verbOf splits the name of an action into its verb and what it acts on, in lower
// case: "update" and "webhookurl".
func verbOf(action string) (verb, noun string) {
	m := regexp.MustCompile(`^([A-Z]?[a-z]+)(.*)$`).FindStringSubmatch(action)
	if m == nil {
		return "", strings.ToLower(action)
	}
	return strings.ToLower(m[1]), strings.ToLower(m[2])
}

func isCreating(verb string) bool {
	return slices.Contains([]string{"create", "add", "new", "insert", "bind"}, verb)
}

func isChanging(verb string) bool {
	return slices.Contains([]string{"update", "modify", "change", "edit", "replace", "reset"}, verb)
}

func isRemoving(verb string) bool {
	return slices.Contains([]string{"delete", "remove", "clear", "unset", "unbind", "cancel", "disable"}, verb)
}

func isReading(verb string) bool {
	return slices.Contains([]string{"get", "list", "describe", "query", "search", "check"}, verb)
}
