package cli

import (
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// transition returns two URLs on one line: the old one and the new one. If both
// look the same because of what is masked, it is one URL with a note.
func (a *app) transition(from, to callback.URL) string {
	if a.hiddenChange(from, to) {
		return a.url(to) + " " + tokenChanges
	}
	return a.orNone(from) + " -> " + a.orNone(to)
}

// replacement returns the URL that replaces another one, with a note if both look the
// same because of what is masked.
func (a *app) replacement(from, to callback.URL) string {
	if a.hiddenChange(from, to) {
		return a.url(to) + " " + tokenChanges
	}
	return a.orNone(to)
}

// tokenChanges is the note after a URL that looks the same as the previous one.
const tokenChanges = "(token changes)"

// maskedChange reports whether two URLs differ only in what is masked.
func (a *app) maskedChange(from, to callback.URL) bool {
	return !from.IsZero() && !to.IsZero() && from != to && a.mask(from) == a.mask(to) && !from.Same(to)
}

// hiddenChange reports whether two URLs differ, but look the same as they are shown.
func (a *app) hiddenChange(from, to callback.URL) bool {
	return !a.flags.showURLs && a.maskedChange(from, to)
}

// hiddenChangeHint returns a hint for a message that names two URLs, if both look the
// same because of what is masked, or "".
func (a *app) hiddenChangeHint(one, other callback.URL) string {
	if !a.hiddenChange(one, other) {
		return ""
	}
	return "the two URLs differ in what is masked; --show-urls shows them in full"
}

// withMaskedChange returns the JSON data of a change or an effect. It adds the key
// masked_change if the two URLs differ only in what is masked.
func (a *app) withMaskedChange(value any, from, to callback.URL) any {
	if !a.maskedChange(from, to) {
		return value
	}
	return output.Joined{value, map[string]bool{"masked_change": true}}
}

// replacementCell is replacement for a table in Markdown.
func (a *app) replacementCell(from, to callback.URL) string {
	cell := code(a.orNone(to))
	if a.hiddenChange(from, to) {
		cell += " " + tokenChanges
	}
	return cell
}
