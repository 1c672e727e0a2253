package catalog

import (
	"slices"
	"strings"
)

// index is where the formats of a catalogue are found.
type index struct {
	byWord map[string][]string // entries by the first word of their English text
	loose  []format            // formats with a verb in their first word: every text is held against them
}

// indexOf returns the index of files. It parses no format that begins with a word: most
// of them are never asked for.
func indexOf(areas []area) index {
	ix := index{byWord: map[string][]string{}}
	for _, a := range areas {
		for entry := range a.entries() {
			english, _, _ := strings.Cut(entry, beforeTranslation)
			if !strings.Contains(english, "%") {
				continue
			}
			word := firstWord(strings.TrimPrefix(english, ofEnglish))
			if word == "" || strings.Contains(word, "%") {
				ix.loose = append(ix.loose, parseEntry(entry))
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

// tiny is the weight of a format with so few letters that it fits most sentences, such as
// "%s and %s".
const tiny = 4 * aLetter

// choice is which formats of an index count.
type choice struct {
	light        bool // formats with little text of their own, or the others
	untranslated bool // formats without a translation too
}

// best returns the format that a text was made with, and the values in it. Of two
// formats that fit, the one with more text of its own is meant.
func (ix index) best(english string, among choice) (best format, values map[int]string, ok bool) {
	consider := func(f format) {
		if f.translated == "" && !among.untranslated || f.weight <= best.weight || (f.weight < light) != among.light {
			return
		}
		if v, fits := f.match(english); fits && !f.swallows(v) && (!among.light || f.takesWords() || !areParts(v)) {
			best, values, ok = f, v, true
		}
	}
	for _, entry := range ix.byWord[firstWord(english)] {
		consider(parseEntry(entry))
	}
	for _, f := range ix.loose {
		consider(f)
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

// takesWords reports whether the translation asks for a list of words.
func (f format) takesWords() bool { return strings.Contains(f.translated, "%+s") }

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
	english, chinese := split(entry)
	f := parseFormat(english)
	f.translated = chinese
	return f
}
