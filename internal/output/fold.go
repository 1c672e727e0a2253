package output

import (
	"slices"
	"strings"
)

// foldIndent is how much further the rest of a folded line is indented.
const foldIndent = 2

// Fold breaks a line between words into lines of at most width cells; 0 means no
// limit. A word that is wider than a line stays whole, so that people can copy it.
// The rest of a line is indented further than its beginning.
func (l Line) Fold(width int) []Line {
	var text strings.Builder
	for _, span := range l {
		text.WriteString(Printable(span.Text))
	}
	whole := text.String()
	if width <= 0 || cells(whole) <= width {
		return []Line{l}
	}
	indent := len(whole) - len(strings.TrimLeft(whole, " "))
	rest := strings.Repeat(" ", indent+foldIndent)
	f := folding{width: width, rest: rest}
	for _, word := range l.words() {
		f.add(word)
	}
	return append(f.lines, f.line)
}

// words splits a line after its spaces. A word may have several colours.
func (l Line) words() []Line {
	var words []Line
	ended := true
	for _, span := range l {
		for _, piece := range pieces(span.Text) {
			// Spaces at the beginning and between words belong to the word before.
			if ended && (strings.Trim(piece, " ") != "" || len(words) == 0) {
				words = append(words, nil)
			}
			last := len(words) - 1
			words[last] = append(words[last], Span{Text: piece, Color: span.Color})
			ended = (strings.HasSuffix(piece, " ") || strings.ContainsFunc(piece, isHan)) && words[last].cells() > 0
		}
	}
	return words
}

// pieces splits a text after its spaces. Chinese has none: it is split where a line may
// end (UAX 14).
func pieces(text string) []string {
	var pieces []string
	for piece := range strings.SplitAfterSeq(text, " ") {
		if !strings.ContainsFunc(piece, isHan) {
			pieces = append(pieces, piece)
			continue
		}
		for state := -1; piece != ""; {
			var part string
			part, piece, state = segment(piece, state)
			pieces = append(pieces, part)
		}
	}
	return slices.DeleteFunc(pieces, func(piece string) bool { return piece == "" })
}

// cells returns the width of a line without the spaces at its end.
func (l Line) cells() int { return cells(strings.TrimRight(l.Paint(false), " ")) }

// folding is a line that is being broken.
type folding struct {
	width int
	rest  string // the indent of all lines but the first
	lines []Line
	line  Line
}

func (f *folding) add(word Line) {
	if f.line.cells() > 0 && cells(f.line.Paint(false))+word.cells() > f.width {
		f.lines = append(f.lines, f.line.trimmed())
		f.line = Line{{Text: f.rest}}
	}
	f.line = append(f.line, word...)
}

// trimmed returns a line without the spaces at its end.
func (l Line) trimmed() Line {
	for len(l) > 0 {
		last := &l[len(l)-1]
		if last.Text = strings.TrimRight(last.Text, " "); last.Text != "" {
			break
		}
		l = l[:len(l)-1]
	}
	return l
}
