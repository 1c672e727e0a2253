package catalog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// format is an entry whose English text is a format of package fmt.
type format struct {
	literals   []string // the text before each verb, and after the last one
	verbs      []verb
	weight     int // of the literals: of two formats that fit, the heavier one is meant
	translated string
}

// verb is a verb of a format.
type verb struct {
	argument int // from 0
	letter   byte
	words    bool // %+s in a translation: the value is a list of words, such as the steps of a diagnosis
}

// parseFormat splits a format into literals and verbs.
func parseFormat(s string) format {
	var f format
	var literal strings.Builder
	next := 0
	for {
		before, after, found := strings.Cut(s, "%")
		literal.WriteString(before)
		if !found {
			break
		}
		v, rest := parseVerb(after, next)
		s = rest
		if v.letter == '%' {
			literal.WriteByte('%')
			continue
		}
		f.verbs, next = append(f.verbs, v), v.argument+1
		f.literals = append(f.literals, literal.String())
		literal.Reset()
	}
	f.literals = append(f.literals, literal.String())
	for _, l := range f.literals {
		if n := letters(l); n > 0 || f.weight > 0 {
			f.weight += n*aLetter + len(l)
		}
	}
	return f
}

// aLetter is the weight of a letter besides the weight of its bytes. Signs without a letter
// weigh nothing.
const aLetter = 64

// parseVerb reads a verb after its percent sign, and returns what follows it. The
// argument of a verb without an index is next.
func parseVerb(s string, next int) (v verb, rest string) {
	v.argument = next
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '[':
			end := strings.IndexByte(s[i:], ']')
			if n, err := strconv.Atoi(s[i+1 : i+max(end, 1)]); err == nil {
				v.argument = n - 1
			}
			i += max(end, 0)
		case c == '+':
			v.words = true
		case strings.IndexByte("-# 0123456789.*", c) < 0:
			v.letter = c
			return v, s[i+1:]
		}
	}
	v.letter = '%'
	return v, ""
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// mostSteps bounds the work for one text and one format. A text with very many
// places where a value could end does not come from a format.
const mostSteps = 2000

// match returns the values of the arguments if text was made with the format.
func (f format) match(text string) (values map[int]string, ok bool) {
	if len(f.verbs) == 0 { // it has a percent sign of its own
		return nil, text == f.literals[0]
	}
	rest, fits := strings.CutPrefix(text, f.literals[0])
	if !fits || !strings.HasSuffix(rest, f.literals[len(f.literals)-1]) {
		return nil, false
	}
	if strings.Contains(rest, "\n") && !strings.Contains(strings.Join(f.literals, ""), "\n") {
		return nil, false // a format of one line does not make several
	}
	m := matching{format: f, values: make(map[int]string, len(f.verbs)), steps: mostSteps}
	return m.values, m.from(0, rest)
}

// matching is the search for the values of one text.
type matching struct {
	format
	values map[int]string
	steps  int // that are left
}

// from matches what begins with the verb at place i. It takes the shortest value
// first.
func (m *matching) from(i int, rest string) bool {
	if i == len(m.verbs) {
		return rest == ""
	}
	after := m.literals[i+1]
	if i == len(m.verbs)-1 {
		value, ends := strings.CutSuffix(rest, after)
		return ends && m.take(i, value)
	}
	for end := 0; end <= len(rest) && m.steps > 0; end++ {
		m.steps--
		found := strings.Index(rest[end:], after)
		if found < 0 {
			return false
		}
		end += found
		if strings.HasPrefix(after, " (") && strings.Contains(rest[:end], "); ") {
			return false // the value is two messages, and each has its own parenthesis
		}
		if m.take(i, rest[:end]) && m.from(i+1, rest[end+len(after):]) {
			return true
		}
	}
	return false
}

// take keeps a value if the verb can have printed it.
func (m *matching) take(i int, value string) bool {
	v := m.verbs[i]
	switch v.letter {
	case 'd', 'o', 'x', 'f', 'g':
		if value == "" || strings.Trim(value, "+-.0123456789abcdefx") != "" {
			return false
		}
	case 's':
		if strings.HasPrefix(value, `"`) && strings.Contains(value, `"; `) {
			return false // a quoted value, and the next message
		}
	case 'q':
		if len(value) < 2 || (value[0] != '"' && value[0] != '`') {
			return false
		}
		if _, err := strconv.Unquote(value); err != nil { // two quoted values, and what is between them
			return false
		}
	}
	if !isBalanced(value) {
		return false
	}
	for _, before := range m.verbs[:i] {
		if before.argument == v.argument && m.values[v.argument] != value {
			return false
		}
	}
	m.values[v.argument] = value
	return true
}

// isBalanced reports whether each parenthesis of a value is closed, and opened before.
func isBalanced(value string) bool {
	depth := 0
	for i := range len(value) {
		switch value[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

// fill returns the translated text with the values of the arguments.
func (target format) fill(values map[int]string) string {
	out := ""
	for i, v := range target.verbs {
		out = spaced(spaced(out, target.literals[i]), values[v.argument])
	}
	return spaced(out, target.literals[len(target.verbs)])
}

// Spaced joins two pieces of a translated line, which are in different colours.
func (c *Catalog) Spaced(before, after string) (string, string) {
	joined := spaced(before, after)
	if trimmed := strings.TrimRight(before, " "); joined == trimmed+strings.TrimLeft(after, " ") {
		return trimmed, strings.TrimLeft(after, " ")
	}
	return before, after
}

// spaced joins two pieces: a space is between a Chinese character and a Latin one,
// and none between two Chinese ones.
func spaced(before, after string) string {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " "))
	touching := !strings.HasSuffix(before, " ") && !strings.HasPrefix(after, " ")
	switch {
	case before == "" || after == "" || first == utf8.RuneError:
	case isWide(last) && isWide(first) || isWideSign(last) || isWideSign(first):
		return strings.TrimRight(before, " ") + strings.TrimLeft(after, " ")
	case touching && (isWide(last) && isNarrow(first) || isNarrow(last) && isWide(first)):
		return before + " " + after
	}
	return before + after
}

func isWide(r rune) bool { return unicode.Is(unicode.Han, r) }

func isWideSign(r rune) bool { return strings.ContainsRune("，。：；？！（）“”、", r) }

func isNarrow(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
