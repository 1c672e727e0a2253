package output

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// FitProse breaks a text such as a help text into lines of at most width cells; 0 means
// no limit. A paragraph that fits stays as it is. Lines that begin with a space are not
// joined: a comment ("# …") and the last column of a table are broken, and an example is
// not, because users copy it.
func FitProse(text string, width int) string {
	if width <= 0 {
		return text
	}
	var out, paragraph []string
	end := func() {
		if slices.ContainsFunc(paragraph, func(line string) bool { return cells(line) > width }) {
			paragraph = Wrap(unbroken(paragraph), width)
		}
		out = append(out, paragraph...)
		paragraph = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == ' ' {
			end()
			out = append(out, fitIndented(line, width))
			continue
		}
		paragraph = append(paragraph, line)
	}
	end()
	return strings.Join(out, "\n")
}

// unbroken returns the lines of a paragraph as one line. Chinese has no space where a
// line was broken.
func unbroken(lines []string) string {
	var joined strings.Builder
	for i, line := range lines {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(lines[i-1])
			first, _ := utf8.DecodeRuneInString(line)
			if together := isFullWidthSign(last) || isFullWidthSign(first) || isHan(last) && isHan(first); !together {
				joined.WriteByte(' ')
			}
		}
		joined.WriteString(line)
	}
	return joined.String()
}

// isFullWidthSign reports whether r is a sign of Chinese text, which no space follows.
func isFullWidthSign(r rune) bool {
	return strings.ContainsRune("，。：；？！（）、“”‘’《》…", r)
}

// fitIndented breaks a line that begins with a space. See FitProse.
func fitIndented(line string, width int) string {
	const gap, least = "  ", 16 // cells for the last column
	content := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(content)]
	if cells(line) <= width {
		return line
	}
	if comment, is := strings.CutPrefix(content, "# "); is {
		before := indent + "# "
		return before + strings.Join(Wrap(comment, width-cells(before)), "\n"+before)
	}
	if at := strings.LastIndex(content, gap); at > 0 {
		before := indent + content[:at+len(gap)]
		if column := cells(before); width-column >= least {
			return before + Hang(line[len(before):], column, width)
		}
	}
	return line
}
