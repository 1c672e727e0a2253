package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// page is an English page and its Chinese one, as paths with slashes below the root of
// the repository.
type page struct{ english, chinese string }

// list returns the pages that users read: the README and what is in docs, except
// decisions, which are for developers, and generated pages.
func list(root string) ([]page, error) {
	pages := []page{{"README.md", "README.zh-CN.md"}}
	for _, pattern := range []string{"docs/README.md", "docs/tutorial/*.md", "docs/guides/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no page is named %s: run it in the root of the repository", pattern)
		}
		for _, f := range found {
			relative, err := filepath.Rel(root, f)
			if err != nil {
				return nil, err
			}
			english := filepath.ToSlash(relative)
			pages = append(pages, page{english, "docs/zh/" + strings.TrimPrefix(english, "docs/")})
		}
	}
	return pages, nil
}

// read returns a page with the line ends of Unix.
func read(root, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}

// mark is the line at the end of a Chinese page.
var mark = regexp.MustCompile(`\n*<!-- (\S+) sha256:([0-9a-f]{16}) -->\n*$`)

func checksum(english string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(english)))[:16]
}

// acceptAll writes the checksum of each English page into its Chinese page. A page that
// does not exist is passed over: check reports it.
func acceptAll(root string, pages []page) error {
	for _, p := range pages {
		english, err := read(root, p.english)
		if err != nil {
			return err
		}
		chinese, err := read(root, p.chinese)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		chinese = fmt.Sprintf("%s\n\n<!-- %s sha256:%s -->\n", strings.TrimRight(mark.ReplaceAllString(chinese, ""), "\n"), p.english, checksum(english))
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(p.chinese)), []byte(chinese), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// relative returns the link from one page to another.
func relative(from, to string) string {
	link, err := filepath.Rel(filepath.FromSlash(path.Dir(from)), filepath.FromSlash(to))
	if err != nil { // both are below the root
		return to
	}
	return filepath.ToSlash(link)
}
