package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// check returns what is wrong with the Chinese pages.
func check(root string, pages []page) ([]string, error) {
	var findings []string
	for _, p := range pages {
		english, err := read(root, p.english)
		if err != nil {
			return nil, err
		}
		chinese, err := read(root, p.chinese)
		if os.IsNotExist(err) {
			findings = append(findings, fmt.Sprintf("%s: %s has no Chinese page", p.chinese, p.english))
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, wrong := range p.compare(english, chinese) {
			findings = append(findings, p.chinese+": "+wrong)
		}
	}
	more, err := checkText(root)
	return append(findings, more...), err
}

// compare returns what is wrong with one Chinese page, compared with its English one.
func (p page) compare(english, chinese string) (wrong []string) {
	found := mark.FindStringSubmatch(chinese)
	switch {
	case found == nil:
		wrong = append(wrong, "there is no checksum at the end; 'make docs-zh' writes it")
	case found[2] != checksum(english):
		wrong = append(wrong, p.english+" has changed; bring this page up to date, then run 'make docs-zh'")
	}
	if !strings.Contains(english, "]("+relative(p.english, p.chinese)+")") {
		wrong = append(wrong, p.english+" has no link to this page")
	}
	if !strings.Contains(chinese, "]("+relative(p.chinese, p.english)+")") {
		wrong = append(wrong, "there is no link to "+p.english)
	}
	want, got := codeBlocks(english), codeBlocks(chinese)
	if len(want) != len(got) {
		return append(wrong, fmt.Sprintf("it has %d code blocks, and %s has %d", len(got), p.english, len(want)))
	}
	for i := range want {
		if want[i] != got[i] {
			wrong = append(wrong, fmt.Sprintf("code block %d differs from %s:\n%s\nand there:\n%s", i+1, p.english, got[i], want[i]))
		}
	}
	return wrong
}

// commentEnd is a comment of a shell, of YAML or of Go, which the Chinese page has in
// Chinese.
var commentEnd = regexp.MustCompile(`(?m)[ \t]*(^|[ \t])(#|//) .*$`)

// input is a line of a console that the reader types.
var input = regexp.MustCompile(`(?m)^(\$ .*|\^C)$`)

// codeBlocks returns the code blocks of a page, each with its language. Comments are
// left out, and so are the labels of a diagram. What programs print is left out too:
// the Chinese page shows it in Chinese, and the tests of internal/cli compare it.
func codeBlocks(text string) (blocks []string) {
	for _, b := range regexp.MustCompile("(?ms)^[ ]*```([a-z]*)\n(.*?)^[ ]*```$").FindAllStringSubmatch(text, -1) {
		switch b[1] {
		case "mermaid", "", "text":
			b[2] = ""
		case "console":
			b[2] = strings.Join(input.FindAllString(b[2], -1), "\n")
		default:
			b[2] = commentEnd.ReplaceAllString(b[2], "")
		}
		blocks = append(blocks, b[1]+"\n"+b[2])
	}
	return blocks
}

// checkText returns what is wrong with the Chinese text itself and with its links.
func checkText(root string) ([]string, error) {
	names := []string{"README.zh-CN.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs", "zh"), func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		relative, err := filepath.Rel(root, name)
		names = append(names, filepath.ToSlash(relative))
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var findings []string
	for _, name := range names {
		text, err := read(root, name)
		if os.IsNotExist(err) {
			continue // reported with its English page
		}
		if err != nil {
			return nil, err
		}
		for _, wrong := range append(typography(text), deadLinks(root, name, text)...) {
			findings = append(findings, name+":"+wrong)
		}
	}
	return findings, nil
}
