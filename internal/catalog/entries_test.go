package catalog

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// entries returns the entries of a file of the catalogue.
func entries(t *testing.T, language Language, name string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(string(language), name))
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for entry := range area(content).entries() {
		english, chinese := split(entry)
		all[english] = chinese
	}
	return all
}

var update = flag.Bool("update", false, "write missing texts into the catalogue, without a translation, and remove texts that are not used")

// wordsFile is the file of the words that cells of tables hold. In a sentence, the
// same word can be a value that somebody chose, such as the name of a profile.
const wordsFile = "words.txt"

// free are the files whose texts the code does not hold: the texts of libraries
// and of the operating system, and single words.
func free() []string { return []string{"libraries.txt", wordsFile} }

// TestEveryText checks that the catalogue has every text of the code, and no other.
func TestEveryText(t *testing.T) {
	for name, folders := range spoken() {
		known := entries(t, Chinese, name)
		used := map[string]string{}
		for _, english := range collect(t, folders) {
			used[english] = known[english]
			if known[english] == "" && !*update {
				t.Errorf("%s: no translation of %q; go test ./internal/catalog -update adds an empty one", name, english)
			}
		}
		for english := range known {
			if _, ok := used[english]; !ok && !*update {
				t.Errorf("%s: %q is not in the code; go test ./internal/catalog -update removes it", name, english)
			}
		}
		if *update {
			write(t, name, used)
		}
	}
	if *update {
		for _, name := range free() {
			write(t, name, entries(t, Chinese, name))
		}
	}
}

// TestFiles checks that every file in the folder is embedded.
func TestFiles(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(string(Chinese), "*.txt"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	embedded := append(chinese(), area(chineseWords))
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(embedded, area(content)) {
			t.Errorf("%s is not in files.go", name)
		}
	}
	if len(names) != len(embedded) {
		t.Errorf("%d files, and %d are embedded", len(names), len(embedded))
	}
}

// TestEntries checks each entry: the file is sorted, the values are the same, names
// of commands and flags are unchanged, and the catalogue finds the entry.
func TestEntries(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(string(Chinese), "*.txt"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		name = filepath.Base(name)
		known := entries(t, Chinese, name)
		content, err := os.ReadFile(filepath.Join(string(Chinese), name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sorted(known); got != string(content) {
			t.Errorf("%s is not sorted, or has an entry twice (go test ./internal/catalog -update)", name)
		}
		for english, chinese := range known {
			if chinese != "" {
				checkEntry(t, name, english, chinese)
			}
		}
	}
}

func checkEntry(t *testing.T, name, english, chinese string) {
	t.Helper()
	if a, b := arguments(english), arguments(chinese); !maps.Equal(a, b) {
		t.Errorf("%s: %q has the values %v, and its translation %q has %v", name, english, a, chinese, b)
	}
	for _, fixed := range fixedNames.FindAllString(english, -1) {
		if !strings.Contains(chinese, fixed) {
			t.Errorf("%s: %q is not in the translation of %q", name, fixed, english)
		}
	}
	made, want := sample(english), sample(chinese)
	c := For(Chinese)
	if c.Text(english) == chinese { // a text can be without values and have a percent sign
		return
	}
	got := c.Text(made)
	if name == wordsFile {
		got = c.Word(made)
	}
	if got != want && len(parseFormat(english).verbs) == 0 {
		t.Errorf("%s: %q is translated as %q, want %q", name, made, got, want)
	} else if got == made && got != want {
		t.Errorf("%s: %q is not found", name, made)
	}
}

// sample returns a message that was made with a format.
func sample(format string) string {
	f := parseFormat(format)
	var out strings.Builder
	for i, v := range f.verbs {
		out.WriteString(f.literals[i])
		switch v.letter {
		case 'd', 'g', 'f', 'o', 'x':
			out.WriteString(strconv.Itoa(7 + v.argument))
		case 'q':
			out.WriteString(strconv.Quote("Q" + strconv.Itoa(v.argument)))
		default:
			out.WriteString("V" + strconv.Itoa(v.argument))
		}
	}
	return out.String() + f.literals[len(f.verbs)]
}

// fixedNames are the flags, the commands and the names of values in a text.
var fixedNames = regexp.MustCompile("--[a-z][a-z-]+|'sesctl [a-z -]+|`[A-Z]+`|[A-Z]+_[A-Z_]+|https?://[a-z0-9][^ ]*")

// arguments counts how often each argument of a format is printed.
func arguments(format string) map[int]int {
	all := map[int]int{}
	for _, v := range parseFormat(format).verbs {
		all[v.argument]++
	}
	return all
}

// sorted returns a file of the catalogue.
func sorted(known map[string]string) string {
	var all []string
	for english, chinese := range known {
		all = append(all, block(english, ofEnglish)+"\n"+block(chinese, translated))
	}
	slices.Sort(all)
	return strings.Join(all, between) + "\n"
}

func write(t *testing.T, name string, known map[string]string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(string(Chinese), name), []byte(sorted(known)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNoMarks checks that no file of translations holds what a merge leaves behind.
func TestNoMarks(t *testing.T) {
	t.Parallel()
	for i, texts := range chinese() {
		for _, mark := range []string{"<<<<<", ">>>>>", "====="} {
			if strings.Contains(string(texts), mark) {
				t.Errorf("file %d holds %q", i, mark)
			}
		}
	}
}
