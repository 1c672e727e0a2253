package manifest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/yamltext"
	"github.com/sesctl/sesctl/pkg/callback"
)

// describe returns the kind of a value, never the value.
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

// show quotes a key for a message. A key may be a URL in the wrong place, so it is
// masked.
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
	return alternatives(all)
}

// alternatives joins words with commas and "or".
func alternatives(all []string) string {
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// suggest returns what is probably wrong with an unknown key: the name of the field
// that was meant, or else of all fields.
func suggest(key string, fields []field) string {
	beforeColon, _, _ := strings.Cut(key, ":")
	if beforeColon != key && slices.ContainsFunc(fields, func(f field) bool { return f.name == beforeColon }) {
		return "write a space after the colon"
	}
	if foreign := yamltext.Foreign(key); foreign != "" && !strings.Contains(key, "@") {
		return foreign
	}
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
		if strings.TrimSpace(key) != key {
			return yamltext.Foreign(key)
		}
		return "sender addresses belong under senders"
	}
	return "it is one of " + names(fields)
}

// editDistance returns how many letters to insert, remove or change to get from a
// to b (Levenshtein). If a is more than twice as long as b, it returns the length
// of a without counting.
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
