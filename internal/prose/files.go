package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// proseFiles returns the paths of the files to check, relative to root and with
// slashes. Without folders that is every file that holds prose.
func proseFiles(root string, folders []string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(notOurs(), name) || entry.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if reader(name) != nil && wanted(name, folders) {
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// notOurs returns the folders that hold no English of ours, or only generated prose.
// The package zhdocs checks the Chinese pages.
func notOurs() []string {
	return []string{".git", "bin", "docs/reference", "docs/man", "docs/zh", "internal/prose/testdata"}
}

func wanted(name string, folders []string) bool {
	for _, folder := range folders {
		folder = path.Clean(filepath.ToSlash(folder))
		if folder == "." || name == folder || strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return len(folders) == 0
}

// reader returns the function that finds the prose in a file of this name, or
// nil if such files hold none.
func reader(name string) func(text []byte) ([]passage, error) {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".md":
		if strings.HasSuffix(base, ".zh-CN.md") {
			return nil
		}
		return markdownPassages
	case ".go":
		if strings.HasPrefix(name, "internal/prose/") && base != "doc.go" {
			return nil // the word list and its tests quote what they forbid
		}
		return goPassages
	case ".sh", ".yml", ".yaml", ".txtar":
		return hashPassages
	}
	if base == "Makefile" || name == ".ci/run" {
		return hashPassages
	}
	return nil
}

// read returns the prose of one file.
func read(root, name string) ([]passage, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return reader(name)(text)
}
