package main

import (
	"regexp"
	"strings"
)

// markdownPassages returns the paragraphs, headings, list items and table cells
// of a Markdown file. A fenced block of code is left out, and code in a line
// counts as one word.
func markdownPassages(text []byte) ([]passage, error) {
	var all []passage
	current := passage{sentences: true}
	item := regexp.MustCompile(`^(?:[-*+]|\d+\.) `)
	number, hidden := 0, false
	for line := range strings.SplitSeq(plainText(string(text)), "\n") {
		number++
		rest := strings.TrimSpace(line)
		hidden = hidden || strings.HasPrefix(rest, "<!--")
		switch {
		case hidden:
			hidden = !strings.HasSuffix(rest, "-->")
		case rest == "":
			all = appendPassage(all, &current)
		case strings.HasPrefix(rest, "|"):
			all = append(appendPassage(all, &current), cells(number, rest)...)
		case strings.HasPrefix(rest, "#"):
			all = appendPassage(all, &current)
			current.add(number, strings.TrimLeft(rest, "# "))
			all = appendPassage(all, &current)
		case item.MatchString(rest):
			all = appendPassage(all, &current)
			current.add(number, rest[strings.Index(rest, " "):])
		default:
			current.add(number, strings.TrimPrefix(rest, "> "))
		}
	}
	return appendPassage(all, &current), nil
}

// plainText removes fenced code, and replaces code in a line by one word and a
// link by its text. It keeps every line break.
func plainText(text string) string {
	fences := regexp.MustCompile("(?s)```.*?```")
	text = fences.ReplaceAllStringFunc(text, func(block string) string {
		return strings.Repeat("\n", strings.Count(block, "\n"))
	})
	code := regexp.MustCompile("`[^`]+`")
	text = code.ReplaceAllStringFunc(text, func(code string) string {
		return "CODE" + strings.Repeat("\n", strings.Count(code, "\n"))
	})
	link := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	return strings.ReplaceAll(link.ReplaceAllString(text, "$1"), "**", "")
}

func cells(number int, row string) []passage {
	var all []passage
	for cell := range strings.SplitSeq(row, "|") {
		if strings.Trim(cell, " -:") != "" {
			p := passage{sentences: true}
			p.add(number, cell)
			all = append(all, p)
		}
	}
	return all
}
