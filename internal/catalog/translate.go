package catalog

import (
	"slices"
	"strings"
	"unicode"
)

// Text returns the translation of a text that people read. A text without an entry
// is translated in its parts: lines, what stands before and after a colon, and what
// stands between semicolons or dots. What has no translation is returned as it is.
func (c *Catalog) Text(english string) string {
	if c == nil {
		return english
	}
	return c.unlessSilent(english, c.text(english))
}

// Word returns the translation of what stands alone: a heading, or the cell of a
// table. It knows single words in addition to what Text knows.
func (c *Catalog) Word(english string) string {
	if c == nil {
		return english
	}
	trimmed := strings.TrimSpace(english)
	if word, found := c.words.find(keyOf(trimmed)); found && (word != "" || c.Silent) {
		return c.unlessSilent(english, strings.Replace(english, trimmed, word, 1))
	}
	if found, ok := c.entry(english); ok {
		return c.unlessSilent(english, found)
	}
	if c.Missing != nil && isWord(trimmed) {
		c.Missing(english)
		return english
	}
	return c.Text(english)
}

// FlagDefault returns a line of a list of flags with its default translated: package pflag
// ends the line with "(default VALUE)". The rest of the line stays.
func (c *Catalog) FlagDefault(line string) string {
	const before = "(default "
	at := strings.LastIndex(line, before)
	if c == nil || at < 0 || !strings.HasSuffix(line, ")") {
		return line
	}
	value := line[at+len(before) : len(line)-1]
	return strings.TrimSuffix(line[:at], " ") + strings.Replace(c.Word("(default …)"), "…", value, 1)
}

// Heading returns the translation of the name of a column. If a name means something
// else than the same word in a cell, its entry is the name and "column".
func (c *Catalog) Heading(english string) string {
	if c == nil || c.Silent {
		return c.Word(english)
	}
	if heading, found := c.words.find(keyOf(english + ofColumn)); found {
		return heading
	}
	return c.Word(english)
}

const ofColumn = " column"

func (c *Catalog) unlessSilent(english, translated string) string {
	if c.Silent {
		return english
	}
	return translated
}

// labels are what a line can begin with, before a colon.
func labels() []string { return []string{"hint", "warning", "done", "failed"} }

// programs begin the line of an error, with the colon of every program.
func programs() []string { return []string{"sesctl", "sesctl-relay"} }

// text returns the translation, or the text itself.
func (c *Catalog) text(english string) string {
	if isEmpty(english) {
		return english
	}
	if before, answer, found := strings.Cut(english, serviceAnswered); found {
		return c.answered(before, answer)
	}
	before, after, colon := strings.Cut(english, ": ")
	if colon && slices.Contains(programs(), before) {
		return before + ": " + c.text(after)
	}
	if label, found := c.words.find(keyOf(before)); colon && found && slices.Contains(labels(), before) && !c.has(english) {
		return join(label, ": ", c.text(after))
	}
	if found, ok := c.entry(english); ok {
		return found
	}
	if list, ok := listOfNames(english); ok {
		return list
	}
	if first, rest, found := strings.Cut(english, "\n"); found {
		return c.text(first) + "\n" + c.text(rest)
	}
	if found, ok := c.line(english); ok {
		return found
	}
	if c.Missing != nil && isSentence(english) {
		c.Missing(english)
	}
	return english
}

// serviceAnswered is before the code and the message of a service, which are printed as
// they came.
const serviceAnswered = "; the service answered "

// answered returns the translation of a message with the answer of a service in it. Only
// the id of the request can follow the answer.
func (c *Catalog) answered(before, answer string) string {
	const request = " (request "
	rest := ""
	if i := strings.LastIndex(answer, request); i >= 0 {
		answer, rest = answer[:i], answer[i:]
	}
	phrase := strings.Trim(serviceAnswered, "; ")
	return c.continued(join(c.text(before), "; ", c.text(phrase)+" "+answer), rest)
}

// line returns the translation of a line that has no entry as a whole: the parts of
// it are looked up, long ones first.
func (c *Catalog) line(english string) (translated string, ok bool) {
	for _, end := range [][2]string{{".", "。"}, {":", "："}} {
		if sentence, ends := strings.CutSuffix(english, end[0]); ends {
			if found, ok := c.entry(sentence); ok {
				return found + end[1], true
			}
		}
	}
	if before, after, found := strings.Cut(english, "); "); found { // messages that end with a parenthesis
		if first, ok := c.entry(before + ")"); ok {
			return join(first, "; ", c.text(after)), true
		}
	}
	if before, after, found := cutColumn(english); found {
		return before + c.text(after), true
	}
	if found, ok := c.format(english, true); ok {
		return found, true
	}
	if before, after, colon := strings.Cut(english, ": "); colon {
		if found, ok := c.entry(after); ok {
			return join(c.text(before), ": ", found), true
		}
		if list, ok := listOfNames(before); ok {
			return join(list, ": ", c.text(after)), true
		}
	}
	if prefix, sign, rest, found := c.longest(english); found {
		return c.joined(prefix, sign, rest), true
	}
	if before, sign, after, found := cutAtSign(english); found {
		return c.joined(c.text(before), sign, after), true
	}
	return "", false
}

// signs are what a text is split at.
func signs() []string { return []string{"; ", dot, ": ", " (", ", "} }

// dot is between the parts of a place, which is one value.
const dot = " · "

// cutAtSign cuts a text at its first sign.
func cutAtSign(text string) (before, sign, after string, found bool) {
	first := len(text)
	for _, s := range signs() {
		if i := strings.Index(text, s); i >= 0 && i < first {
			first, sign = i, s
		}
	}
	if sign == "" {
		return text, "", "", false
	}
	return text[:first], sign, text[first+len(sign):], true
}

// cutColumn cuts a line of two columns, such as the name and the meaning of a value,
// at the second one.
func cutColumn(line string) (before, after string, found bool) {
	const gap = "  "
	start := len(line) - len(strings.TrimLeft(line, " "))
	if i := strings.Index(line[start:], gap); i > 0 {
		after = strings.TrimLeft(line[start+i:], " ")
		return line[:len(line)-len(after)], after, after != ""
	}
	return line, "", false
}

// longest finds the longest beginning of a text that has a translation and ends
// before a sign.
func (c *Catalog) longest(english string) (translated, sign, rest string, found bool) {
	const most = 16 // a text with more signs is not a message
	for end, tries := len(english), 0; end > 0 && tries < most; tries++ {
		cut, at := -1, ""
		for _, s := range signs() {
			if i := strings.LastIndex(english[:end], s); i > cut {
				cut, at = i, s
			}
		}
		if cut < 1 {
			break
		}
		if prefix, ok := c.entry(english[:cut]); ok {
			return prefix, at, english[cut+len(at):], true
		}
		end = cut
	}
	return "", "", "", false
}

// entry returns the translation of a text that has an entry, of its own or as a
// format.
func (c *Catalog) entry(english string) (translated string, ok bool) {
	trimmed := strings.TrimSpace(english)
	key := keyOf(trimmed)
	for _, a := range c.texts {
		if found, ok := a.find(key); ok && (found != "" || c.Silent) {
			return strings.Replace(english, trimmed, found, 1), true
		}
	}
	return c.format(english, false)
}

// format returns the translation of a text that was made with a format. A light
// format has little text of its own.
func (c *Catalog) format(english string, light bool) (translated string, ok bool) {
	trimmed := strings.TrimSpace(english)
	if !strings.Contains(trimmed, " ") || len(trimmed) > longestMessage {
		return "", false
	}
	f, values, ok := c.formats().best(trimmed, choice{light: light, untranslated: c.Silent})
	if !ok {
		return "", false
	}
	target := parseFormat(f.translated)
	for i, value := range values {
		values[i] = c.value(value, target, i)
		if f.weight < tiny && values[i] == value && isSentence(value) && !c.Silent {
			return "", false // what a service returns in English fits by chance
		}
	}
	return strings.Replace(english, trimmed, wideEnd(target.fill(values)), 1), true
}

// has reports whether a text has an entry of its own.
func (c *Catalog) has(english string) bool {
	return slices.ContainsFunc(c.texts, func(a area) bool { _, found := a.find(keyOf(english)); return found })
}

// value translates the value of an argument as the translated format asks for.
func (c *Catalog) value(value string, target format, argument int) string {
	if !slices.ContainsFunc(target.verbs, func(v verb) bool { return v.argument == argument && v.words }) {
		return c.text(value)
	}
	words := strings.Split(value, ", ")
	for i, word := range words {
		words[i] = c.Word(word)
	}
	return strings.Join(words, "、")
}

// longestMessage is more bytes than any message has. What is longer is the content
// of a file or an answer.
const longestMessage = 8 << 10

// isEmpty reports whether a text has nothing to translate: no Latin letter.
func isEmpty(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

// isSentence reports whether a text has two words in a row, as no identifier,
// address or URL has.
func isSentence(text string) bool {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		if isWord(words[i-1]) && isWord(strings.TrimRight(words[i], ",.:;?!)")) {
			return true
		}
	}
	return false
}

// isWord reports whether a text is nothing but small Latin letters, or such words.
func isWord(text string) bool {
	return len(text) > 1 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz ") == ""
}
