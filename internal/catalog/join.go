package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// joined translates what stands after a sign, and joins it.
func (c *Catalog) joined(before, sign, after string) string {
	if sign != " (" {
		return join(before, sign, c.text(after))
	}
	inner, rest, closed := cutParenthesis(after)
	if !closed {
		return before + sign + c.text(after)
	}
	whole := "(" + inner + ")"
	if found, ok := c.entry(whole); ok {
		return c.continued(before+found, rest)
	}
	if found, ok := c.format(whole, true); ok {
		return c.continued(before+found, rest)
	}
	return c.continued(join(before, sign, c.text(inner)), rest)
}

// continued adds what stands after a parenthesis.
func (c *Catalog) continued(before, rest string) string {
	for _, sign := range signs() {
		if after, found := strings.CutPrefix(rest, sign); found {
			return c.joined(before, sign, after)
		}
	}
	return before + c.text(rest)
}

// cutParenthesis cuts a text at the sign that closes a parenthesis.
func cutParenthesis(text string) (inner, rest string, closed bool) {
	depth := 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[:i], text[i+1:], true
			}
		}
	}
	return text, "", false
}

// join joins what stands before and after a sign, which is the Chinese one after a
// Chinese character. It closes a parenthesis.
func join(before, sign, after string) string {
	wide := endsWide(before)
	if sign == "; " || sign == ", " {
		first, _ := utf8.DecodeRuneInString(after)
		wide = wide || isWide(first) || sign == "; " && strings.ContainsFunc(before, isWide)
	}
	switch {
	case sign == " (" && wide:
		return before + "（" + after + "）"
	case sign == " (":
		return before + sign + after + ")"
	case sign == ": " && wide:
		return before + "：" + after
	case sign == "; " && wide:
		return before + "；" + after
	case sign == ", " && wide:
		return before + "，" + after
	}
	return before + sign + after
}

// listOfNames joins names that stand between commas as Chinese does. A name has no
// space.
func listOfNames(english string) (chinese string, ok bool) {
	names := strings.Split(english, ", ")
	if len(names) == 1 {
		return "", false
	}
	last := len(names) - 1
	for _, word := range [][2]string{{" and ", " 和 "}, {" or ", " 或 "}} {
		if before, after, found := strings.Cut(names[last], word[0]); found {
			names[last], chinese = before, word[1]
			names = append(names, after)
			break
		}
	}
	if slices.ContainsFunc(names, func(name string) bool { return strings.ContainsAny(name, " \n") }) {
		return "", false
	}
	if chinese == "" {
		return strings.Join(names, "、"), true
	}
	return strings.Join(names[:last+1], "、") + chinese + names[last+1], true
}

// endsWide reports whether a text ends with a Chinese character, after which a
// Chinese colon belongs.
func endsWide(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("”」）》", r)
}
