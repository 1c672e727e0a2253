package main

import (
	"sort"
	"strings"
)

// passage is prose that belongs together, such as a paragraph or a comment, in
// one line of text.
type passage struct {
	text string
	// starts holds, for each line of the file, the place in text at which it
	// begins; first is the number of the first of them.
	starts []int
	first  int
	// sentences is whether the length of its sentences is checked.
	sentences bool
}

// add appends a line of the file to the passage.
func (p *passage) add(number int, line string) {
	if len(p.starts) == 0 {
		p.first = number
	} else if p.text != "" {
		p.text += " "
	}
	for p.first+len(p.starts) <= number {
		p.starts = append(p.starts, len(p.text))
	}
	p.text += strings.TrimSpace(line)
}

// line returns the number of the file's line that holds the given place in text.
func (p *passage) line(at int) int {
	return p.first + sort.SearchInts(p.starts, at+1) - 1
}
