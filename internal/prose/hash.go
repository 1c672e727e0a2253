package main

import "strings"

// hashPassages returns the comments of a file whose comments begin with "#".
// Lines of comment that follow one another are one passage.
func hashPassages(text []byte) ([]passage, error) {
	var all []passage
	var current passage
	number := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		number++
		comment, found := strings.CutPrefix(strings.TrimSpace(line), "#")
		if found && !strings.HasPrefix(comment, "!") && strings.TrimSpace(comment) != "" {
			current.add(number, comment)
			continue
		}
		all = appendPassage(all, &current)
	}
	return appendPassage(all, &current), nil
}

// appendPassage appends the passage unless it is empty, and begins a new one.
func appendPassage(all []passage, current *passage) []passage {
	if current.text != "" {
		all = append(all, *current)
	}
	*current = passage{sentences: current.sentences}
	return all
}
