package output

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwarp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/rivo/uniseg"
)

// Color is the colour of a text on a terminal that shows colours.
type Color int

// The colours.
const (
	Plain Color = iota
	Red
	Green
	Yellow
	Faint
)

// sequences are the escape sequences that switch a terminal to each colour
// (ECMA-48, SGR).
var sequences = [...]string{Red: "\x1b[31m", Green: "\x1b[32m", Yellow: "\x1b[33m", Faint: "\x1b[2m"}

const noColor = "\x1b[0m"

func (c Color) wrap(text string) string {
	if c == Plain || text == "" {
		return text
	}
	return sequences[c] + text + noColor
}

// Span is a piece of a line in one colour.
type Span struct {
	Text  string
	Color Color
}

// Line is a line for people. Its spans follow each other without a gap.
type Line []Span

// Paint returns the line without its newline, and in its colours if color is set.
// Terminal control characters are replaced, see Printable.
func (l Line) Paint(color bool) string {
	var out strings.Builder
	for _, span := range l {
		text := Printable(span.Text)
		if color {
			text = span.Color.wrap(text)
		}
		out.WriteString(text)
	}
	return out.String()
}

// Printable replaces characters that could move the cursor, change the colours of
// the terminal or reorder the text. The text may come from the account.
func Printable(text string) string {
	if isPlain(text) {
		return text
	}
	return replace(text, unsafe)
}

// printableText is Printable for a text of several lines; it keeps tabs.
func printableText(text string) string { return replace(text, unsafeInText) }

func replace(text string, is func(rune) bool) string {
	if !strings.ContainsFunc(text, is) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if is(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// isPlain reports whether text is printable ASCII, like most text. Then each byte
// is a character that is one cell wide.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func unsafeInText(r rune) bool { return r != '\n' && r != '\t' && unsafe(r) }

// cells returns how many terminal cells text takes. A Chinese character takes two.
// It counts as tablewriter does.
func cells(text string) int {
	if isPlain(text) {
		return len(text)
	}
	return twwidth.Width(text)
}

const ellipsis = "…"

// cut shortens text to width cells, with an ellipsis at its end.
func cut(text string, width int) string {
	if cells(text) <= width {
		return text
	}
	return head(text, width-cells(ellipsis)) + ellipsis
}

// cutMiddle shortens text to width cells, with an ellipsis in its middle, because
// both ends of a URL or an address matter.
func cutMiddle(text string, width int) string {
	if cells(text) <= width {
		return text
	}
	room := width - cells(ellipsis)
	end := tail(text, room/2)
	return head(text, room-cells(end)) + ellipsis + end
}

// tail returns the end of text that fits into width cells.
func tail(text string, width int) string {
	taken := 0
	for i := len(text); i > 0; {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if taken += cells(string(r)); taken > width {
			return text[i:]
		}
		i -= size
	}
	return text
}

// head returns the beginning of text that fits into width cells.
func head(text string, width int) string {
	taken := 0
	for i, r := range text {
		if taken += cells(string(r)); taken > width {
			return text[:i]
		}
	}
	return text
}

// wrap breaks text between words into lines of at most width cells. A word that is
// wider than a line is broken too.
func wrap(text string, width int) string {
	if strings.ContainsFunc(text, isHan) {
		return strings.Join(wrapHan(text, width), "\n")
	}
	var words []string
	for _, word := range strings.Fields(text) {
		full, rest := breakWord(word, width)
		words = append(append(words, full...), rest)
	}
	lines, _ := twwarp.WrapString(strings.Join(words, " "), width)
	return strings.Join(lines, "\n")
}

// breakWord breaks a word that is wider than a line. It returns the parts that fill a
// line, and the rest.
func breakWord(word string, width int) (full []string, rest string) {
	for cells(strings.TrimRight(word, " ")) > width {
		start := head(word, width)
		if start == "" { // not even one character fits
			break
		}
		full, word = append(full, start), word[len(start):]
	}
	return full, word
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// wrapHan is wrap for Chinese, which has no spaces: a line may end after most
// characters (UAX 14).
func wrapHan(text string, width int) []string {
	var lines []string
	line, rest, state := "", strings.Join(strings.Fields(text), " "), -1
	for rest != "" {
		var piece string
		piece, rest, state = segment(rest, state)
		if line != "" && cells(strings.TrimRight(line+piece, " ")) > width {
			lines, line = append(lines, strings.TrimRight(line, " ")), ""
		}
		full, end := breakWord(piece, width)
		lines, line = append(lines, full...), line+end
	}
	return append(lines, strings.TrimRight(line, " "))
}

// segment returns the beginning of a text after which a line may end. A URL and a name such
// as ap-guangzhou or ${NAME} stay whole, and so does a path.
func segment(text string, state int) (piece, rest string, next int) {
	for rest, next = text, state; rest != ""; {
		var part string
		part, rest, _, next = uniseg.FirstLineSegmentInString(rest, next)
		piece += part
		if !strings.HasSuffix(piece, "-") && !strings.HasSuffix(piece, "$") && !inWord(piece, rest) {
			break
		}
	}
	return piece, rest, next
}

// inWord reports whether a URL, a path or a name continues after a piece of a text.
func inWord(piece, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(piece)
	first, _ := utf8.DecodeRuneInString(rest)
	return inLatin(last) && inLatin(first)
}

// inLatin reports whether a character belongs to words that are not Chinese. A URL that was
// shortened has an ellipsis.
func inLatin(r rune) bool { return r > ' ' && r < utf8.RuneSelf || r == '…' }

// cutURLs shortens the URLs of a sentence to width cells, with an ellipsis in their
// middle.
func cutURLs(text string, width int) string {
	if !strings.Contains(text, "://") {
		return text
	}
	var out strings.Builder
	for word, rest := "", text; rest != ""; {
		word, rest = untilSign(rest)
		if strings.Contains(word, "://") {
			word = cutMiddle(word, width)
		}
		out.WriteString(word)
	}
	return out.String()
}

// untilSign cuts a text after a run of characters without, or with, a space or a Chinese
// sign.
func untilSign(text string) (run, rest string) {
	isSign := func(r rune) bool { return strings.ContainsRune(" ，。：；？！（）“”、", r) }
	first, _ := utf8.DecodeRuneInString(text)
	end := strings.IndexFunc(text, func(r rune) bool { return isSign(r) != isSign(first) })
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// Wrap breaks a sentence into lines of at most width cells; 0 means no limit.
func Wrap(text string, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	return strings.Split(wrap(text, width), "\n")
}

// Hang breaks a sentence into lines of at most width cells, of which each but the first
// begins with indent spaces; 0 means no limit. Something of indent cells stands before the
// sentence.
func Hang(text string, indent, width int) string {
	return strings.Join(Wrap(text, width-indent), "\n"+strings.Repeat(" ", indent))
}
