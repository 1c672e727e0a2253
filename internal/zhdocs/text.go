package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// typography returns the places in the prose of a Chinese page that break its rules of
// typesetting: full-width punctuation after Chinese, and a space between Chinese and
// Latin letters, digits or code.
func typography(text string) (wrong []string) {
	rules := []struct {
		pattern *regexp.Regexp
		what    string
	}{
		{regexp.MustCompile(`\p{Han}[,;:!?()]`), "half-width punctuation after Chinese"},
		{regexp.MustCompile(`\p{Han}\.(\s|$)`), "half-width full stop after Chinese"},
		{regexp.MustCompile("\\p{Han}[A-Za-z0-9`]"), "no space after Chinese"},
		{regexp.MustCompile("[A-Za-z0-9`]\\p{Han}"), "no space before Chinese"},
		{regexp.MustCompile(`\p{Han} \p{Han}`), "a space between Chinese"},
		{regexp.MustCompile(`[，。；：！？、（）] | [，。；：！？、（）]`), "a space beside full-width punctuation"},
	}
	inCode := false
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
			continue
		}
		if inCode {
			continue
		}
		for _, b := range bold.FindAllStringSubmatch(line, -1) {
			if strings.ContainsAny(b[1], "，。；：！？、（）") && b[2] != "" {
				wrong = append(wrong, fmt.Sprintf("%d: bold text that ends with punctuation, and a letter after it: %q", i+1, b[0]))
			}
		}
		line = plain(line)
		for _, r := range rules {
			if found := r.pattern.FindString(line); found != "" {
				wrong = append(wrong, fmt.Sprintf("%d: %s: %q", i+1, r.what, found))
			}
		}
	}
	return wrong
}

var (
	// bold is bold text, its last character, and a letter or digit after it. Markdown
	// shows the asterisks if that last character is punctuation.
	bold     = regexp.MustCompile(`\*\*[^*]*([^*])\*\*([\p{L}\p{N}]?)`)
	linkText = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	codeText = regexp.MustCompile("`[^`]*`")
	listMark = regexp.MustCompile(`^\s*([-*]|\d+\.) |\*\*`)
	rowMark  = regexp.MustCompile(`\s*\|\s*`)
)

// plain returns a line of Markdown as it is read: without the targets of links, and
// with an empty pair of marks in the place of code.
func plain(line string) string {
	line = linkText.ReplaceAllString(codeText.ReplaceAllString(line, "``"), "$1")
	return rowMark.ReplaceAllString(listMark.ReplaceAllString(line, ""), "|")
}

// target is a relative link, with the name of a heading after "#".
var target = regexp.MustCompile(`\]\(([^)#:\s]*)(#[^)\s]*)?\)`)

// deadLinks returns the relative links of a page that lead nowhere.
func deadLinks(root, name, text string) (wrong []string) {
	for _, link := range target.FindAllStringSubmatch(text, -1) {
		to := name
		if link[1] != "" {
			to = path.Join(path.Dir(name), link[1])
		}
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(to)))
		if err != nil {
			wrong = append(wrong, " dead link: "+link[1])
			continue
		}
		if link[2] == "" || info.IsDir() {
			continue
		}
		if page, err := read(root, to); err != nil || !hasHeading(page, link[2][1:]) {
			wrong = append(wrong, " dead link: "+link[1]+link[2])
		}
	}
	return wrong
}

// hasHeading reports whether a page has a heading with this name in links. GitHub
// builds the name from the heading: lower case, blanks as "-", without punctuation.
func hasHeading(page, name string) bool {
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		if strings.ReplaceAll(kept, " ", "-") == name {
			return true
		}
	}
	return false
}
