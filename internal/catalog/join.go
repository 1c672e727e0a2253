package catalog

import (
	"slices"
	"strings"
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

// join joins what stands before and after a sign, which is the Chinese one if either
// has Chinese. It closes a parenthesis.
func join(before, sign, after string) string {
	if !hasWide(before) && !hasWide(after) || sign == ": " && isPosition(before) {
		if sign == " (" {
			after += ")"
		}
		return before + sign + after
	}
	switch sign {
	case " (":
		return before + "（" + after + "）"
	case ": ":
		return before + "：" + after
	case "; ":
		return before + "；" + after
	case ", ":
		return before + "，" + after
	}
	return before + sign + after
}

// isPosition reports whether a text ends as FILE:LINE:COLUMN, which editors recognise by
// its colons.
func isPosition(text string) bool {
	for range 2 {
		before := strings.TrimRight(text, "0123456789")
		if before == text || !strings.HasSuffix(before, ":") {
			return false
		}
		text = strings.TrimSuffix(before, ":")
	}
	return true
}

// wideEnd gives the end of a Chinese text its Chinese sign: a colon, or the parentheses of
// the id of a rule. The last value, such as a port, took it for a part of itself.
func wideEnd(text string) string {
	if before, colon := strings.CutSuffix(text, ":"); colon && hasWide(before) {
		return before + "："
	}
	before, id, found := strings.Cut(text, " (")
	id, closed := strings.CutSuffix(id, ")")
	if !found || !closed || !hasWide(before) || !strings.Contains(id, "-") || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return text
	}
	return before + "（" + id + "）"
}

func hasWide(text string) bool { return strings.ContainsFunc(text, isWide) }

// listOfNames joins names that stand between commas as Chinese does. A name has no
// space. The list can be indented, and end with a colon.
func listOfNames(english string) (chinese string, ok bool) {
	list := strings.TrimLeft(english, " ")
	indent := english[:len(english)-len(list)]
	names := strings.Split(list, ", ")
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
		return indent + strings.Join(names, "、"), true
	}
	return indent + strings.Join(names[:last+1], "、") + chinese + names[last+1], true
}
