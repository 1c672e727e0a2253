package main

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
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
		for utf8.RuneCountInString(text) > columns {
			runes := []rune(text)
			lines = append(lines, line{string(runes[:columns]), class})
			text = string(runes[columns:])
		}
		lines = append(lines, line{text, class})
	}
	return lines
}

// draw draws the lines in a window that scrolls. A cover hides the lines that are not
// printed yet. Readers who switched animations off see the first rows.
func draw(printed string) []byte {
	lines := wrap(printed)
	var out bytes.Buffer
	width := columns*charWidth + 2*margin
	height := rows*lineHeight + 2*margin
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t" viewBox="0 0 %.0f %d" width="%.0f">`+"\n", width, height, width)
	out.WriteString("<title id=\"t\">The demo of sesctl in a terminal</title>\n<style>\n")
	out.WriteString("text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#d6deeb;white-space:pre}\n")
	out.WriteString(".c{fill:#8fa3b8}.p{fill:#7fdbca}.e{fill:#f78c6c}\n")
	animate(&out, lines)
	out.WriteString("</style>\n")
	out.WriteString(`<rect width="100%" height="100%" rx="8" fill="#0b1622"/>` + "\n")
	fmt.Fprintf(&out, `<svg x="0" y="%d" width="%.0f" height="%d"><g id="s">`+"\n", margin, width, rows*lineHeight)
	for i, l := range lines {
		if l.text != "" {
			fmt.Fprintf(&out, `<text class="%s" x="%d" y="%d" textLength="%.1f" xml:space="preserve">%s</text>`+"\n",
				l.class, margin, i*lineHeight+13, float64(utf8.RuneCountInString(l.text))*charWidth, html.EscapeString(l.text))
		}
	}
	total := len(lines) * lineHeight
	fmt.Fprintf(&out, `<rect id="h" y="%d" width="%.0f" height="%d" fill="#0b1622"/>`+"\n", total, width, total)
	out.WriteString("</g></svg>\n</svg>\n")
	return out.Bytes()
}

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
