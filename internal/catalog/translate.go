package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"
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
	if c.Missing != nil && isWord(trimmed) {
		c.Missing(english)
	}
	return c.Text(english)
}

func (c *Catalog) unlessSilent(english, translated string) string {
	if c.Silent {
		return english
	}
	return translated
}

// separators are what a text is split at, with the signs of Chinese for them. The
// first one in the text counts.
func separators() [][2]string {
	return [][2]string{{"\n", "\n"}, {"; ", "；"}, {" · ", " · "}}
}

// text returns the translation, or the text itself.
func (c *Catalog) text(english string) string {
	if isEmpty(english) {
		return english
	}
	if found, ok := c.entry(english); ok {
		return found
	}
	for _, s := range separators() {
		if strings.Contains(english, s[0]) {
			return c.parts(english, s[0], s[1])
		}
	}
	if before, after, found := strings.Cut(english, ": "); found {
		return c.joined(before, ": ", "：", after)
	}
	if i := strings.LastIndex(english, " ("); i > 0 && strings.HasSuffix(english, ")") {
		first, inner := c.text(english[:i]), c.text(english[i+2:len(english)-1])
		if endsWide(first) {
			return first + "（" + inner + "）"
		}
		return first + " (" + inner + ")"
	}
	if before, after, found := strings.Cut(english, ", "); found {
		return c.joined(before, ", ", "，", after)
	}
	if c.Missing != nil && isSentence(english) {
		c.Missing(english)
	}
	return english
}

// joined translates what stands before and after a sign.
func (c *Catalog) joined(before, sign, wide, after string) string {
	first := c.text(before)
	if endsWide(first) {
		sign = wide
	}
	return first + sign + c.text(after)
}

// parts translates what stands between signs.
func (c *Catalog) parts(english, sign, wide string) string {
	var out strings.Builder
	for i, part := range strings.Split(english, sign) {
		switch {
		case i == 0:
		case endsWide(out.String()):
			out.WriteString(wide)
		default:
			out.WriteString(sign)
		}
		out.WriteString(c.text(part))
	}
	return out.String()
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
	if !strings.Contains(trimmed, " ") || len(trimmed) > longestMessage {
		return "", false
	}
	f, values, ok := c.formats().best(trimmed, c.Silent)
	if !ok {
		return "", false
	}
	for i, value := range values {
		values[i] = c.text(value)
	}
	return strings.Replace(english, trimmed, f.fill(values), 1), true
}

// longestMessage is more bytes than any message has. What is longer is the content
// of a file or an answer.
const longestMessage = 8 << 10

// isEmpty reports whether a text has nothing to translate: no Latin letter.
func isEmpty(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

// endsWide reports whether a text ends with a Chinese character, after which a
// Chinese colon belongs.
func endsWide(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("”」）》", r)
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
