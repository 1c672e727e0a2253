package layers_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestContributingNamesWhatExists checks the table of CONTRIBUTING.md on how to add
// something small: each file that a row names exists, and one of them has each name.
func TestContributingNamesWhatExists(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Add something smaller")
	table, _, _ = strings.Cut(table, "\n## ")
	quoted := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for row := range strings.Lines(table) {
		var sources, names []string
		folder := "."
		for _, found := range quoted.FindAllStringSubmatch(row, -1) {
			word := found[1]
			switch {
			case strings.HasSuffix(word, ".go"):
				if strings.Contains(word, "/") {
					folder = path.Dir(word)
				}
				source, err := os.ReadFile("../../" + path.Join(folder, path.Base(word)))
				if err != nil {
					t.Errorf("%s: %v", strings.TrimSpace(row), err)
				}
				sources = append(sources, string(source))
			case !strings.ContainsAny(word, " /"):
				names = append(names, strings.TrimSuffix(word, "()"))
			}
		}
		if len(sources) == 0 {
			continue
		}
		rows++
		for _, name := range names {
			if !regexp.MustCompile(`(?m)^(func|type|var)\b.*\b` + name + `\b`).MatchString(strings.Join(sources, "\n")) {
				t.Errorf("no file of this row declares %s: %s", name, strings.TrimSpace(row))
			}
		}
	}
	if rows < 5 {
		t.Errorf("the table has only %d rows with files", rows)
	}
}
