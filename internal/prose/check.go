package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxWords is the greatest number of words in a sentence of Markdown.
const maxWords = 25

// finding is one phrase that breaks a rule of prose.
type finding struct {
	line   int
	phrase string
	advice string
}

// check returns the findings in the passages, in the order of the file.
func check(rules []phrase, passages []passage) []finding {
	var found []finding
	for _, p := range passages {
		for _, s := range sentences(p.text) {
			found = append(found, p.checkSentence(rules, s)...)
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int { return a.line - b.line })
	return found
}

// sentence is a part of a passage.
type sentence struct {
	at   int
	text string
}

func (p *passage) checkSentence(rules []phrase, s sentence) []finding {
	var found []finding
	for _, rule := range rules {
		for _, at := range rule.find.FindAllStringSubmatchIndex(s.text, -1) {
			if at[2] < 0 {
				continue // an allowed use
			}
			found = append(found, finding{line: p.line(s.at + at[2]), phrase: s.text[at[2]:at[3]], advice: rule.instead})
		}
	}
	if words := countWords(s.text); p.sentences && words > maxWords {
		found = append(found, finding{
			line:   p.line(s.at),
			phrase: shorten(s.text),
			advice: fmt.Sprintf("a sentence of %d words; at most %d", words, maxWords),
		})
	}
	return found
}

// sentences splits text after each full stop, question mark or exclamation mark
// that a capital letter, a digit or a quotation mark follows.
func sentences(text string) []sentence {
	end := regexp.MustCompile(`[.?!][)"”*]*\s+["“(*]*[\p{Lu}\d]`)
	var all []sentence
	start := 0
	for _, at := range end.FindAllStringIndex(text, -1) {
		next := at[0] + strings.IndexFunc(text[at[0]:at[1]], unicode.IsSpace)
		if isAbbreviation(text[start : at[0]+1]) {
			continue
		}
		all = append(all, sentence{start, text[start:next]})
		start = next + 1
	}
	return append(all, sentence{start, text[start:]})
}

// isAbbreviation reports whether text ends in an abbreviation, and so not in the
// end of a sentence.
func isAbbreviation(text string) bool {
	for _, short := range []string{"e.g.", "i.e.", "etc.", "vs."} {
		if strings.HasSuffix(text, short) {
			return true
		}
	}
	return false
}

func countWords(text string) int {
	count := 0
	for word := range strings.FieldsSeq(text) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			count++
		}
	}
	return count
}

func shorten(text string) string {
	words := strings.Fields(text)
	if len(words) > 6 {
		words = append(words[:6:6], "…")
	}
	return strings.Join(words, " ")
}
