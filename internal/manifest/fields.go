package manifest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/pkg/callback"
)

// none is the value that says that there shall be no callback.
const none = "none"

// schemaKey names the schema of a file, by the custom of editors.
const schemaKey = "$schema"

// field is one key at the top of a declaration. The reader and the schema are
// made from the same fields.
type field struct {
	name     string
	summary  string
	required bool
	read     func(r *reader, key, value *yaml.Node)
	schema   map[string]any
}

func fields() []field {
	url := func(summary string) map[string]any {
		return map[string]any{"type": "string", "minLength": 1, "description": summary}
	}
	const urlSummary = "a callback URL, or none: there shall be no callback; ${NAME} stands for an environment variable, $${ for ${"
	return []field{
		{name: "version", required: true, read: (*reader).version,
			summary: "the version of this format",
			schema:  map[string]any{"const": 1}},
		{name: schemaKey, read: (*reader).schemaName,
			summary: "the schema of this file, for editors; sesctl does not read it",
			schema:  map[string]any{"type": "string"}},
		{name: "profiles", read: (*reader).profileList,
			summary: "the profiles of the configuration that the declaration is meant for",
			schema: map[string]any{"type": "array", "minItems": 1, "uniqueItems": true,
				"items": map[string]any{"type": "string", "minLength": 1}}},
		{name: "account", read: (*reader).account,
			summary: "the account's own callback; left out: it is not managed",
			schema:  url(urlSummary)},
		{name: "senders", read: (*reader).senders,
			summary: "the callbacks of sender addresses, by address",
			schema: map[string]any{"type": "object",
				"propertyNames":        map[string]any{"pattern": "@"},
				"additionalProperties": url(urlSummary)}},
	}
}

const nothing = "the file declares nothing; it begins with: version: 1"

func (r *reader) topLevel(root *yaml.Node) {
	known := fields()
	if root.Kind != yaml.MappingNode {
		if root.Tag == "!!null" {
			r.fail(root, nothing)
			return
		}
		r.fail(root, "the file holds %s; a declaration is a mapping that begins with: version: 1", describe(root))
		return
	}
	seen := map[string]callback.Position{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.fail(key, "a key is %s; it is one of %s", describe(key), names(known))
			continue
		}
		if first, twice := seen[key.Value]; twice {
			r.fail(key, "the key %s stands at %s already", show(key.Value), first)
			continue
		}
		seen[key.Value] = r.at(key)
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
	// The order of keys in a file means nothing.
	slices.SortStableFunc(r.rows, func(a, b callback.Declared) int {
		switch {
		case a.Account == b.Account:
			return 0
		case a.Account:
			return -1
		}
		return 1
	})
}

func (r *reader) version(_, value *yaml.Node) {
	switch {
	case value.Kind != yaml.ScalarNode || value.Tag != "!!int":
		r.fail(value, "version is %s; it is the number 1", describe(value))
	case value.Value != "1":
		r.fail(value, "the version is not 1, the only one that this sesctl reads")
	}
}

func (r *reader) schemaName(_, value *yaml.Node) {
	if !isText(value) {
		r.fail(value, "%s is %s; it is the address of a JSON Schema", schemaKey, describe(value))
	}
}

func (r *reader) profileList(key, value *yaml.Node) {
	r.profilesSet, r.profilesAt = true, r.at(key)
	if value.Kind != yaml.SequenceNode {
		r.fail(value, "profiles is %s; it is a list of names", describe(value))
		return
	}
	if len(value.Content) == 0 {
		r.fail(value, "profiles is an empty list; leave it out, or name one")
	}
	for _, item := range value.Content {
		switch {
		case !isText(item):
			r.fail(item, "a profile is %s; it is a name", describe(item))
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
		r.fail(value, "senders is %s; it is a mapping of sender addresses to URLs", describe(value))
		return
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		key, item := value.Content[i], value.Content[i+1]
		switch {
		case !isText(key):
			r.fail(key, "a key under senders is %s; it is a sender address", describe(key))
			continue
		case strings.Contains(key.Value, "://"):
			r.fail(key, "a URL stands where a sender address belongs")
			continue
		case strings.Contains(key.Value, "${"):
			r.fail(key, "variables stand in URLs only; write the address itself")
			continue
		}
		r.row(callback.Declared{Sender: key.Value, Position: r.at(key)}, show(key.Value), item)
	}
}

// row adds a row, whose value is a URL or none. Of is what errors call it.
func (r *reader) row(row callback.Declared, of string, value *yaml.Node) {
	row.URLPosition = r.at(value)
	switch {
	case !isText(value):
		r.fail(value, "the callback of %s is %s; it is a URL or none", of, describe(value))
		return
	case value.Value == "":
		r.fail(value, "the callback of %s is empty; it is a URL or none", of)
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
	r.rows = append(r.rows, row)
}

func isText(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!str" }

// describe tells the kind of a value, never the value.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.Tag {
	case "!!null":
		return "left empty"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	}
	return "text"
}

// show quotes a key for a message. A key may be a URL in the wrong place.
func show(key string) string {
	if strings.Contains(key, "://") || strings.Contains(key, "?") {
		key = callback.Mask(key)
	}
	return callback.Quote(key)
}

func names(fields []field) string {
	var all []string
	for _, f := range fields {
		if f.name != schemaKey {
			all = append(all, f.name)
		}
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// suggest names the field that was meant, or all of them.
func suggest(key string, fields []field) string {
	const near = 2
	best, distance := "", near+1
	for _, f := range fields {
		if d := editDistance(strings.ToLower(key), f.name); d < distance {
			best, distance = f.name, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case strings.Contains(key, "@"):
		return "sender addresses stand under senders"
	}
	return "it is one of " + names(fields)
}

// editDistance counts the letters to insert, remove or change to get from a to
// b (Levenshtein). Texts of very different lengths are far apart unseen.
func editDistance(a, b string) int {
	if len(a) > 2*len(b) {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
