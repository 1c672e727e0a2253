package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// findings returns what is found in text as "LINE PHRASE".
func findings(t *testing.T, name, text string) []string {
	t.Helper()
	passages, err := reader(name)([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range check(wordList(), passages) {
		all = append(all, fmt.Sprintf("%d %s", f.line, f.phrase))
	}
	return all
}

func TestWordList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"The path is no URL.":                                   "is no",
		"There is no callback, and it is no longer set.":        "",
		"Where another URL is set, it is left alone.":           "Where another URL is set",
		"Where do the events go?":                               "",
		"The folder where it is kept.":                          "",
		"It is kept only where the profile asks for it.":        "only where",
		"The URL of the sender and that of the account.":        "that of",
		"Only those that changed are written.":                  "those that",
		"The callback is borrowed still.":                       "is borrowed still",
		"The callback is there already.":                        "there already",
		"The callback is already there.":                        "",
		"The callback still exists.":                            "",
		"Set tells whether it changed.":                         "tells",
		"The page says that a port is needed.":                  "",
		"Delete says which senders change.":                     "says",
		"--a and --b exclude each other":                        "exclude each other",
		"How to mend it":                                        "mend",
		"Recommend it, and amend the file.":                     "",
		"Its events go nowhere then.":                           "go nowhere",
		"3 of 5 events came":                                    "events came",
		"The plan is another one than expected.":                "another one than",
		"The endpoint misses a parameter.":                      "misses a",
		"The former value comes back.":                          "The former",
		"It holds the path to what the profile names.":          "holds the path to what",
		"Reads a whole file, and prints it whole.":              "it whole",
		"There is still no answer; the request is in progress.": "",
	} {
		found := strings.Join(findings(t, "a.md", text), "; ")
		if want != "" && !strings.Contains(found, "1 "+want) || want == "" && found != "" {
			t.Errorf("%q: found %q, want %q", text, found, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"# A heading that tells",
		"",
		"A sentence can hold a phrase that",
		"of course breaks over two lines. `tells` is code.",
		"",
		"```sh",
		"echo tells `date`",
		"```",
		"",
		"| a cell | that tells |",
		"|---|---|",
		"",
		"<!-- tells -->",
		"- an item [that tells](tells.md)",
		"",
		strings.Repeat("word ", 25) + "end.",
		strings.Repeat("word ", 24) + "end. Next, e.g. This.",
	}, "\n")
	want := "1 tells, 3 that of, 10 tells, 14 tells, 16 word word word word word word …"
	if found := strings.Join(findings(t, "a.md", text), ", "); found != want {
		t.Errorf("found %s\nwant  %s", found, want)
	}
}

func TestGo(t *testing.T) {
	t.Parallel()
	text := `package a

import "is no path"

//go:generate tells is no prose
/* That
tells. */

// Name tells
// this:
//
//	code tells
//
//   - an item tells
const Name = "tells"
const Text = "it tells"
const Raw = ` + "`" + `first

it tells
` + "`" + `
`
	want := "7 tells, 9 tells, 14 tells, 16 tells, 19 tells"
	if found := strings.Join(findings(t, "a.go", text), ", "); found != want {
		t.Errorf("found %s\nwant  %s", found, want)
	}
	if _, err := goPassages([]byte("no go")); err == nil {
		t.Error("a malformed file is taken")
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	text := "#!/bin/sh tells\necho tells\n\t# It\n\t# tells\n\n# that\n\n# of\n"
	if found := strings.Join(findings(t, "a.sh", text), ", "); found != "4 tells" {
		t.Errorf("found %s", found)
	}
}

// TestRun walks a folder as "make prose" does.
func TestRun(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"README.md":                   "This is no page.",
		"README.zh-CN.md":             "This is no page.",
		"docs/reference/generated.md": "This is no page.",
		"docs/zh/guides/events.md":    "This is no page.",
		"internal/cli/a.go":           "// Package a tells.\npackage a\n",
		"internal/new/a.go":           "// Package a returns.\npackage a\n",
		"internal/new/picture.png":    "tells",
		"node_modules/a/README.md":    "This is no page.",
		"scripts/run.sh":              "# tells\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		folders []string
		want    string
	}{
		{folders: []string{"internal/new"}},
		{folders: []string{"./README.md", "internal"}, want: "README.md internal/cli/a.go"},
		{want: "README.md internal/cli/a.go scripts/run.sh"},
	} {
		var out strings.Builder
		count, err := run(&out, root, c.folders)
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for line := range strings.Lines(out.String()) {
			file, _, _ := strings.Cut(line, ":")
			files = append(files, file)
		}
		if got := strings.Join(files, " "); count != len(files) || got != c.want {
			t.Errorf("%v: %d findings in %q, want %q", c.folders, count, got, c.want)
		}
	}
	if _, err := run(&strings.Builder{}, filepath.Join(root, "none"), nil); err == nil {
		t.Error("a folder that does not exist is no error")
	}
}
