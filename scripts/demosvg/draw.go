package main

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
)

// The size of the window, in characters and in pixels.
const (
	columns    = 108
	rows       = 24
	lineHeight = 18
	charWidth  = 7.8
	margin     = 16
)

// The times of the recording in milliseconds: after a command is typed, after a line
// of its output, and at the end before it starts again.
const (
	afterCommand = 900
	afterLine    = 120
	atEnd        = 6000
)

// steady replaces the identifiers of requests, durations and temporary folders by
// fixed ones.
func steady(printed string) string {
	request := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} [0-9.]+(µs|ms|s)\b`)
	printed = request.ReplaceAllString(printed, "0c095a4d-2272-4a39-8c27-fb83ff098225 1.2ms")
	folder := regexp.MustCompile(`/\S*/sesctl/emulator\.db`)
	return folder.ReplaceAllString(printed, "~/.local/state/sesctl/emulator.db")
}

type line struct {
	text  string
	class string // c: a comment, p: a command after the prompt, e: an error, o: other output
}

// wrap splits the output into the lines of a terminal with the given columns.
func wrap(printed string) []line {
	var lines []line
	for text := range strings.SplitSeq(strings.TrimSpace(printed), "\n") {
		class := "o"
		switch {
		case strings.HasPrefix(text, "# "):
			class = "c"
		case strings.HasPrefix(text, "$ "):
			class = "p"
		case strings.HasPrefix(text, "sesctl: "):
			class = "e"
		}
		for {
			head, rest := cut(text, columns)
			if rest == "" {
				break
			}
			lines = append(lines, line{head, class})
			text = rest
		}
		lines = append(lines, line{text, class})
	}
	return lines
}

// cells returns how many columns of a terminal a character takes. Chinese characters
// and their punctuation take two.
func cells(r rune) int {
	if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 {
		return 2
	}
	return 1
}

// cut cuts a text after the last character that fits into the columns.
func cut(text string, columns int) (head, rest string) {
	for i, r := range text {
		if columns -= cells(r); columns < 0 {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// part is a part of a line whose characters have the same width.
type part struct {
	text  string
	start int // column
	width int // columns
}

// parts splits a text where the width of its characters changes. Fonts seldom make a
// Chinese character as wide as two others, so each part has its own place.
func parts(text string) []part {
	var all []part
	column, last := 0, 0
	for _, r := range text {
		width := cells(r)
		if width != last {
			all = append(all, part{start: column})
		}
		p := &all[len(all)-1]
		p.text, p.width = p.text+string(r), p.width+width
		column, last = column+width, width
	}
	return all
}

// titles are the titles of the picture in each language.
func titles() map[string]string {
	return map[string]string{"en": "The demo of sesctl in a terminal", "zh-CN": "sesctl 在终端中的演示"}
}

// draw draws the lines in a window that scrolls. A cover hides the lines that are not
// printed yet. Readers who switched animations off see the first rows.
func draw(printed, language string) []byte {
	lines := wrap(printed)
	var out bytes.Buffer
	width := columns*charWidth + 2*margin
	height := rows*lineHeight + 2*margin
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t" xml:lang="%s" viewBox="0 0 %.0f %d" width="%.0f">`+"\n", language, width, height, width)
	fmt.Fprintf(&out, "<title id=\"t\">%s</title>\n<style>\n", titles()[language])
	out.WriteString("text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#d6deeb;white-space:pre}\n")
	out.WriteString(".c{fill:#8fa3b8}.p{fill:#7fdbca}.e{fill:#f78c6c}\n")
	animate(&out, lines)
	out.WriteString("</style>\n")
	out.WriteString(`<rect width="100%" height="100%" rx="8" fill="#0b1622"/>` + "\n")
	fmt.Fprintf(&out, `<svg x="0" y="%d" width="%.0f" height="%d"><g id="s">`+"\n", margin, width, rows*lineHeight)
	for i, l := range lines {
		for _, p := range parts(l.text) {
			if strings.TrimSpace(p.text) == "" {
				continue
			}
			fmt.Fprintf(&out, `<text class="%s" x="%s" y="%d" textLength="%.1f" xml:space="preserve">%s</text>`+"\n",
				l.class, number(margin+float64(p.start)*charWidth), i*lineHeight+13, float64(p.width)*charWidth, html.EscapeString(p.text))
		}
	}
	total := len(lines) * lineHeight
	fmt.Fprintf(&out, `<rect id="h" y="%d" width="%.0f" height="%d" fill="#0b1622"/>`+"\n", total, width, total)
	out.WriteString("</g></svg>\n</svg>\n")
	return out.Bytes()
}

// number returns a number without a fraction of zero.
func number(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

// animate writes the rules that move the cover down, and then the text up.
func animate(out *bytes.Buffer, lines []line) {
	at := make([]int, len(lines)) // when each line appears
	now := 0
	for i, l := range lines {
		if i > 0 && lines[i-1].class == "p" && l.class != "p" {
			now += afterCommand
		}
		if l.class == "c" || l.class == "p" {
			now += afterCommand
		}
		now += afterLine
		at[i] = now
	}
	total := now + atEnd
	fmt.Fprintf(out, "#h{animation:h %dms step-end infinite}#s{animation:s %dms step-end infinite}\n", total, total)
	bottom := len(lines) * lineHeight
	moves := func(name string, offset func(shown int) int) {
		fmt.Fprintf(out, "@keyframes %s{0%%{transform:translateY(%dpx)}", name, offset(0))
		for i, time := range at {
			fmt.Fprintf(out, "%.3f%%{transform:translateY(%dpx)}", 100*float64(time)/float64(total), offset(i+1))
		}
		out.WriteString("}\n")
	}
	moves("h", func(shown int) int { return shown*lineHeight - bottom })
	moves("s", func(shown int) int { return min(0, (rows-shown)*lineHeight) })
	out.WriteString("@media(prefers-reduced-motion:reduce){#h,#s{animation:none}}\n")
}
