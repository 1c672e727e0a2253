package catalog

import (
	"iter"
	"sort"
	"strings"
	"sync"
)

// Catalog translates English texts into one language. A nil Catalog is English: it
// returns every text as it is. A Catalog is safe for several goroutines.
type Catalog struct {
	texts   []area
	words   area         // single words, translated only if a word stands alone
	formats func() index // of all texts, read when a text has no entry of its own

	// Missing is called with each text that has no translation, if it is set.
	Missing func(english string)

	// Silent makes the catalogue return every text as it is. Missing is called for a
	// text that has no entry; an entry without a translation is enough.
	Silent bool
}

// For returns the catalogue of a language, and nil for English.
func For(language Language) *Catalog {
	if language != Chinese {
		return nil
	}
	return newCatalog(chinese(), area(chineseWords))
}

func newCatalog(texts []area, words area) *Catalog {
	return &Catalog{texts: texts, words: words, formats: sync.OnceValue(func() index { return indexOf(texts) })}
}

// area is the text of one file. Its entries are sorted by their English text and
// have an empty line between them:
//
//	< cannot read %s: %w
//	> 无法读取 %s：%w
//
// A text of several lines has a line of the entry for each of them. An entry whose
// translation is empty waits for its translator, and counts as missing.
type area string

const (
	between           = "\n\n"
	ofEnglish         = "< "
	translated        = "> "
	beforeTranslation = "\n>" // between the English text and the translation, which may be empty
)

// block returns a text as the lines of an entry.
func block(text, mark string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(mark+line, " ")
	}
	return strings.Join(lines, "\n")
}

// text is the reverse of block.
func text(block, mark string) string {
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, strings.TrimSpace(mark)), " ")
	}
	return strings.Join(lines, "\n")
}

// keyOf returns what an entry of a text begins with.
func keyOf(english string) string { return block(english, ofEnglish) + "\n" }

// entries returns the entries one after the other.
func (a area) entries() iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(string(a), "\n"), between)
}

// split returns the English text and the translation of an entry.
func split(entry string) (english, chinese string) {
	before, after, _ := strings.Cut(entry, beforeTranslation)
	return text(before, ofEnglish), text(strings.TrimSpace(translated)+after, translated)
}

// find returns the translation of a text that has an entry of its own. It is empty
// if the entry waits for its translator.
func (a area) find(key string) (string, bool) {
	entries := string(a)
	whole := key + strings.TrimSpace(translated) // a longer text can begin with the same lines
	start := sort.Search(len(entries), func(i int) bool { return entries[beginning(entries, i):] >= whole })
	start = beginning(entries, start)
	if !strings.HasPrefix(entries[start:], whole) {
		return "", false
	}
	entry, _, _ := strings.Cut(entries[start+len(key):], between)
	return text(strings.TrimSuffix(entry, "\n"), translated), true
}

// beginning returns where the entry begins that the byte at i belongs to. The end
// of the text is an entry of its own.
func beginning(entries string, i int) int {
	if i >= len(entries) {
		return len(entries)
	}
	if last := strings.LastIndex(entries[:i], between); last >= 0 {
		return last + len(between)
	}
	return 0
}
