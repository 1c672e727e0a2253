package manifest

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/pkg/callback"
)

// none is the value for a target that must not have a callback.
const none = "none"

// schemaKey names the schema of a file, as editors expect.
const schemaKey = "$schema"

// field is one key at the top of a declaration. The reader and the schema use the
// same fields.
type field struct {
	name     string
	summary  string
	required bool
	read     func(r *reader, key, value *yaml.Node)
	schema   map[string]any
}

func fields() []field {
	all := []field{
		{name: "version", required: true, read: (*reader).version,
			summary: "the version of this format",
			schema:  map[string]any{"const": 1}},
		{name: schemaKey, read: (*reader).schemaName,
			summary: "the schema of this file, for editors; sesctl does not read it",
			schema:  map[string]any{"type": "string"}},
		{name: "unmanaged", read: (*reader).unmanagedValue,
			summary: "what to do with callbacks that the declaration does not name: report (the default), fail or keep",
			schema:  map[string]any{"enum": UnmanagedValues()}},
		{name: "profiles", read: (*reader).profileNames,
			summary: "the profiles of the configuration that the declaration is for: a list of names, or a mapping from each name to additional callbacks for that profile",
			schema: map[string]any{"anyOf": []any{
				map[string]any{"type": "array", "minItems": 1, "uniqueItems": true, "items": map[string]any{"type": "string", "minLength": 1}},
				map[string]any{"type": "object", "minProperties": 1, "propertyNames": map[string]any{"minLength": 1},
					"additionalProperties": objectSchema(targetFields())},
			}}},
	}
	return append(all, targetFields()...)
}

// targetFields returns the keys that declare callbacks, at the top or for a
// profile.
func targetFields() []field {
	const urlSummary = "a callback URL, or none if there must be no callback; ${NAME} is replaced by an environment variable, $${ by ${"
	url := map[string]any{"type": "string", "minLength": 1, "description": urlSummary}
	return []field{
		{name: "account", read: (*reader).account,
			summary: "the account's own callback; if left out, it is not managed",
			schema:  url},
		{name: "senders", read: (*reader).senders,
			summary: "the callbacks of sender addresses, by address",
			schema: map[string]any{"type": "object",
				"propertyNames":        map[string]any{"pattern": "@"},
				"additionalProperties": url}},
	}
}

const nothing = "the file declares nothing; it begins with: version: 1"

func (r *reader) topLevel(root *yaml.Node) {
	if root.Kind != yaml.MappingNode {
		if root.Tag == "!!null" {
			r.fail(root, nothing)
			return
		}
		r.fail(root, "the file holds %s, but a declaration is a mapping that begins with: version: 1", describe(root))
		return
	}
	r.keys(root, fields())
	// The order of keys in a file does not matter.
	r.sortRows()
}

// keys reads the keys of a mapping. Known are the fields that it may have.
func (r *reader) keys(root *yaml.Node, known []field) {
	seen := map[string]callback.Position{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.fail(key, "a key is %s, but must be one of %s", describe(key), names(known))
			continue
		}
		if first, twice := seen[key.Value]; twice {
			r.fail(key, "the key %s is already at %s", show(key.Value), first)
			continue
		}
		seen[key.Value] = r.at(key)
		if strings.HasPrefix(key.Value, "//") || strings.HasPrefix(key.Value, "/*") {
			r.fail(key, "a comment begins with #, not with // or /*")
			continue
		}
		at := slices.IndexFunc(known, func(f field) bool { return f.name == key.Value })
		if at < 0 {
			r.fail(key, "unknown key %s; %s", show(key.Value), suggest(key.Value, known))
			continue
		}
		known[at].read(r, key, value)
	}
	for _, f := range known {
		if _, there := seen[f.name]; f.required && !there {
			r.fail(root, "the key %s is missing", f.name)
		}
	}
}

// sortRows sorts rows for all profiles before rows for one profile, and the
// account before the senders.
func (r *reader) sortRows() {
	order := make([]int, len(r.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(slices.Index(r.profiles, r.only[i]), slices.Index(r.profiles, r.only[j])),
			boolOrder(r.rows[i].Account, r.rows[j].Account))
	})
	rows, only := make([]callback.Declared, len(order)), make([]string, len(order))
	for to, from := range order {
		rows[to], only[to] = r.rows[from], r.only[from]
	}
	r.rows, r.only = rows, only
}

// boolOrder sorts true before false.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (r *reader) version(_, value *yaml.Node) {
	switch {
	case value.Kind != yaml.ScalarNode || value.Tag != "!!int":
		r.fail(value, "version is %s, but must be the number 1", describe(value))
	case value.Value != "1" && number(value) == 1:
		r.fail(value, "version must be written as 1")
	case value.Value != "1":
		r.fail(value, "the version is not 1, the only version that this sesctl reads")
	}
}

// number returns the value of an integer, or 0 if it is too large.
func number(node *yaml.Node) (n int) {
	if node.Load(&n) != nil {
		return 0
	}
	return n
}

func (r *reader) schemaName(_, value *yaml.Node) {
	if !isText(value) {
		r.fail(value, "%s is %s, but must be the address of a JSON Schema", schemaKey, describe(value))
	}
}

func (r *reader) unmanagedValue(_, value *yaml.Node) {
	if !isText(value) || !slices.Contains(UnmanagedValues(), value.Value) {
		r.fail(value, "unmanaged must be %s", alternatives(UnmanagedValues()))
		return
	}
	r.unmanaged = value
}

func (r *reader) profileNames(key, value *yaml.Node) {
	r.profilesSet, r.profilesAt = true, r.at(key)
	switch value.Kind {
	case yaml.SequenceNode:
		r.profileList(value)
	case yaml.MappingNode:
		r.profileMap(value)
	default:
		r.fail(value, "profiles is %s, but must be a list of names, or a mapping from each name to its callbacks", describe(value))
	}
}

// profileMap reads the callbacks for each profile.
func (r *reader) profileMap(value *yaml.Node) {
	if len(value.Content) == 0 {
		r.fail(value, "profiles is an empty mapping; remove it, or name a profile")
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		key, declared := value.Content[i], value.Content[i+1]
		switch {
		case !isText(key) || key.Value == "":
			r.fail(key, "a key under profiles must be the name of a profile")
		case slices.Contains(r.profiles, key.Value):
			r.fail(key, "the profile %s is named twice", show(key.Value))
		case declared.Kind != yaml.MappingNode:
			r.fail(declared, "the profile %s is %s, but must be a mapping with account and senders, or {}", show(key.Value), describe(declared))
		default:
			r.profiles, r.profile = append(r.profiles, key.Value), key.Value
			r.keys(declared, targetFields())
			r.profile = ""
		}
	}
}

func (r *reader) profileList(value *yaml.Node) {
	if len(value.Content) == 0 {
		r.fail(value, "profiles is an empty list; remove it, or name a profile")
	}
	for _, item := range value.Content {
		switch {
		case !isText(item):
			r.fail(item, "a profile is %s, but must be a name", describe(item))
		case item.Value == "":
			r.fail(item, "a profile has an empty name")
		case slices.Contains(r.profiles, item.Value):
			r.fail(item, "the profile %s is named twice", show(item.Value))
		default:
			r.profiles = append(r.profiles, item.Value)
		}
	}
}

func (r *reader) account(key, value *yaml.Node) {
	r.row(callback.Declared{Account: true, Position: r.at(key)}, "account", value)
}

func (r *reader) senders(_, value *yaml.Node) {
	if value.Kind != yaml.MappingNode {
		r.fail(value, "senders is %s, but must be a mapping of sender addresses to URLs", describe(value))
		return
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		key, item := value.Content[i], value.Content[i+1]
		switch {
		case !isText(key):
			r.fail(key, "a key under senders is %s, but must be a sender address", describe(key))
			continue
		case strings.Contains(key.Value, "://"):
			r.fail(key, "a key under senders is a URL, but must be a sender address")
			continue
		case strings.Contains(key.Value, "${"):
			r.fail(key, "variables are allowed only in URLs; write the address itself")
			continue
		}
		r.row(callback.Declared{Sender: key.Value, Position: r.at(key)}, show(key.Value), item)
	}
}

// row adds a row, whose value is a URL or none. Of is the name of the target in
// errors.
func (r *reader) row(row callback.Declared, of string, value *yaml.Node) {
	row.URLPosition = r.at(value)
	switch {
	case !isText(value):
		r.fail(value, "the callback of %s is %s, but must be a URL or none", of, describe(value))
		return
	case value.Value == "":
		r.fail(value, "the callback of %s is empty, but must be a URL or none", of)
		return
	case value.Value != none:
		var problems []string
		var url string
		url, row.Variables, problems = expand(value.Value, r.lookup)
		row.URL = callback.NewURL(url)
		for _, problem := range problems {
			r.fail(value, "the callback of %s: %s", of, problem)
		}
		if len(problems) > 0 {
			return
		}
	}
	r.rows, r.only = append(r.rows, row), append(r.only, r.profile)
}

func isText(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!str" }
