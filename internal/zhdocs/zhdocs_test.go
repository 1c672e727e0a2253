package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRepository checks the pages of this repository.
func TestRepository(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	pages, err := list(root)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := check(root, pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error(f)
	}
}

// folder returns a repository with the given files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func good() map[string]string {
	return map[string]string{
		"README.md":               "# A\n[中文](README.zh-CN.md)\n\n```sh\nrun it  # now\n```\n\n```console\n$ show it\nA  B\n```\n",
		"README.zh-CN.md":         "# 甲\n[English](README.md)，见[文档](docs/zh/README.md#乙-b)\n\n```sh\nrun it # 现在\n```\n\n```console\n$ show it\n甲  乙\n```\n",
		"docs/README.md":          "[中文](zh/README.md)\n",
		"docs/zh/README.md":       "# 乙 `B`\n[English](../README.md)\n",
		"docs/tutorial/t.md":      "[中文](../zh/tutorial/t.md)\n",
		"docs/zh/tutorial/t.md":   "[English](../../tutorial/t.md)\n",
		"docs/guides/g.md":        "[中文](../zh/guides/g.md)\n",
		"docs/zh/guides/g.md":     "[English](../../guides/g.md)\r\n\r\n- 用 `a` 命令。\r\n",
		"docs/zh/reference/r.md":  "由程序生成。\n",
		"docs/guides/ci/plan.txt": "",
	}
}

func findings(t *testing.T, root string) string {
	t.Helper()
	pages, err := list(root)
	if err != nil {
		t.Fatal(err)
	}
	found, err := check(root, pages)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(found, "\n")
}

// TestChanges checks what is found after each change of good pages.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, old, text string
		want                  []string // nothing: no finding
	}{
		{name: "nothing"},
		{"a comment in Chinese", "README.zh-CN.md", "# 现在", "# 马上", nil},
		{"an English page", "docs/guides/g.md", "\n", "\nMore.\n", []string{"docs/zh/guides/g.md: docs/guides/g.md has changed"}},
		{"a command", "README.zh-CN.md", "run it", "run that", []string{"code block 1 differs"}},
		{"a command of a console", "README.zh-CN.md", "$ show it", "$ show that", []string{"code block 2 differs"}},
		{"output", "README.zh-CN.md", "甲  乙", "丙  丁", nil},
		{"a block", "README.zh-CN.md", "```sh", "", []string{"it has 1 code blocks, and README.md has 2"}},
		{"no checksum", "docs/zh/README.md", "<!--", "<--", []string{"there is no checksum"}},
		{"no link to English", "docs/zh/README.md", "(../README.md)", "", []string{"there is no link to docs/README.md"}},
		{"a heading", "docs/zh/README.md", "# 乙", "# 丙", []string{"README.zh-CN.md: dead link: docs/zh/README.md#乙-b"}},
		{"a link", "docs/zh/guides/g.md", "](", "](x", []string{"dead link: x../../guides/g.md", "no link to"}},
		{"a half-width comma", "docs/zh/guides/g.md", "命令。", "命令,", []string{"half-width punctuation"}},
		{"a half-width full stop", "docs/zh/guides/g.md", "命令。", "命令.", []string{"half-width full stop"}},
		{"a generated page", "docs/zh/reference/r.md", "。", ",", []string{"docs/zh/reference/r.md:1: half-width punctuation"}},
		{"no space after", "docs/zh/guides/g.md", "用 ", "用", []string{"no space after Chinese"}},
		{"no space before", "docs/zh/guides/g.md", " 命", "命", []string{"no space before Chinese"}},
		{"a space in Chinese", "docs/zh/guides/g.md", "命令", "命 令", []string{"a space between Chinese"}},
		{"bold text", "docs/zh/guides/g.md", "用 ", "**用。**再 ", []string{"bold text"}},
		{"a space too many", "docs/zh/guides/g.md", "。", " 。", []string{"a space beside"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := folder(t, good())
			pages, err := list(root)
			if err != nil {
				t.Fatal(err)
			}
			if err := acceptAll(root, pages); err != nil {
				t.Fatal(err)
			}
			if c.file != "" {
				change(t, root, c.file, c.old, c.text)
			}
			got := findings(t, root)
			if len(c.want) == 0 && got != "" {
				t.Errorf("found %s", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in %q", want, got)
				}
			}
		})
	}
}

func change(t *testing.T, root, name, old, text string) {
	t.Helper()
	before, err := read(root, name)
	if err != nil || !strings.Contains(before, old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(strings.Replace(before, old, text, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNoChinesePage checks that a new English page needs a Chinese one, and that
// acceptance does not hide that.
func TestNoChinesePage(t *testing.T) {
	t.Parallel()
	files := good()
	files["docs/guides/new.md"] = "New.\n"
	root := folder(t, files)
	pages, err := list(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := acceptAll(root, pages); err != nil {
		t.Fatal(err)
	}
	if got := findings(t, root); got != "docs/zh/guides/new.md: docs/guides/new.md has no Chinese page" {
		t.Errorf("found %q", got)
	}
}

// TestAcceptTwice checks that acceptance leaves one checksum.
func TestAcceptTwice(t *testing.T) {
	t.Parallel()
	root := folder(t, good())
	pages, err := list(root)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := acceptAll(root, pages); err != nil {
			t.Fatal(err)
		}
	}
	text, err := read(root, "docs/zh/README.md")
	if err != nil || strings.Count(text, "sha256:") != 1 || !slices.Contains(strings.Split(text, "\n"), "<!-- docs/README.md sha256:"+checksum("[中文](zh/README.md)\n")+" -->") {
		t.Errorf("%v: %q", err, text)
	}
}

// TestElsewhere checks the error in a folder that is not the repository.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	if _, err := list(t.TempDir()); err == nil || !strings.Contains(err.Error(), "root of the repository") {
		t.Errorf("the error is %v", err)
	}
}
