package catalog

import (
	"slices"
	"strings"
)

// index is where the formats of a catalogue are found.
type index struct {
	byWord map[string][]string // entries by the first word of their English text
	loose  []string            // entries with a verb in their first word
}

// indexOf returns the index of files. It does not parse the formats: most of them
// are never asked for.
func indexOf(areas []area) index {
	ix := index{byWord: map[string][]string{}}
	for _, a := range areas {
		for entry := range strings.SplitSeq(strings.TrimSuffix(string(a), "\n"), between) {
			english, _, _ := strings.Cut(entry, "\n"+strings.TrimSpace(translated))
			if !strings.Contains(english, "%") {
				continue
			}
			word := firstWord(strings.TrimPrefix(english, ofEnglish))
			if word == "" || strings.Contains(word, "%") {
				ix.loose = append(ix.loose, entry)
				continue
			}
			ix.byWord[word] = append(ix.byWord[word], entry)
		}
	}
	return ix
}

// firstWord returns a text up to its first space; "" if it has none.
func firstWord(text string) string {
	word, _, found := strings.Cut(text, " ")
	if !found {
		return ""
	}
	return word
}

// light is the weight of a format with so few letters that it fits many texts.
const light = 8 * aLetter

// choice is which formats of an index count.
type choice struct {
	light        bool // formats with little text of their own, or the others
	untranslated bool // formats without a translation too
}

// best returns the format that a text was made with, and the values in it. Of two
// formats that fit, the one with more text of its own is meant.
func (ix index) best(english string, among choice) (best format, values map[int]string, ok bool) {
	for _, entries := range [][]string{ix.byWord[firstWord(english)], ix.loose} {
		for _, entry := range entries {
			f := parseEntry(entry)
			if f.translated == "" && !among.untranslated || f.weight <= best.weight || (f.weight < light) != among.light {
				continue
			}
			if v, fits := f.match(english); fits && !f.swallows(v) && (!among.light || !areParts(v)) {
				best, values, ok = f, v, true
			}
		}
	}
	return best, values, ok
}

// swallows reports whether the last value goes beyond a colon, although the format has
// none. Then the text has another part after the colon.
func (f format) swallows(values map[int]string) bool {
	const colon = ": "
	last := len(f.verbs) - 1
	if last < 0 || f.literals[last+1] != "" || strings.HasSuffix(f.literals[last], "\n") || slices.ContainsFunc(f.literals, func(l string) bool { return strings.Contains(l, colon) }) {
		return false
	}
	return strings.Contains(values[f.verbs[last].argument], colon)
}

// areParts reports whether a value is not a value, but a part of a message that a
// light format fits by chance.
func areParts(values map[int]string) bool {
	for _, value := range values {
		for _, sign := range append(signs(), "  ") {
			if sign != dot && strings.Contains(value+" ", sign) {
				return true
			}
		}
	}
	return false
}

// parseEntry returns the format of an entry.
func parseEntry(entry string) format {
	english, chinese, _ := strings.Cut(entry, "\n"+strings.TrimSpace(translated))
	f := parseFormat(text(english, ofEnglish))
	f.translated = text(strings.TrimSpace(translated)+chinese, translated)
	return f
}
