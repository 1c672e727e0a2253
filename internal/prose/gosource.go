package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// goPassages returns the comments of a Go file and its strings that hold at
// least two words. Directives and the indented code in comments are left out.
func goPassages(text []byte) ([]passage, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []passage
	for _, group := range file.Comments {
		all = append(all, commentPassages(files, group)...)
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			all = append(all, stringPassages(files, node)...)
		}
		return true
	})
	return all, nil
}

// commentPassages returns the paragraphs of a comment.
func commentPassages(files *token.FileSet, group *ast.CommentGroup) []passage {
	var all []passage
	var current passage
	for _, comment := range group.List {
		number := files.Position(comment.Pos()).Line
		body, line := strings.CutPrefix(comment.Text, "//")
		if !line {
			body = strings.TrimSuffix(strings.TrimPrefix(body, "/*"), "*/")
		} else if body != "" && body[0] != ' ' && body[0] != '\t' {
			continue // a directive, such as go:build
		}
		for text := range strings.SplitSeq(body, "\n") {
			code := strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "  ")
			if code && !isListItem(text) || strings.TrimSpace(text) == "" {
				all = appendPassage(all, &current)
			} else {
				current.add(number, text)
			}
			number++
		}
	}
	return appendPassage(all, &current)
}

// isListItem reports whether an indented line of a comment is an item of a list
// or goes on with one, and not code.
func isListItem(text string) bool {
	rest := strings.TrimSpace(text)
	return strings.HasPrefix(rest, "- ") || strings.HasPrefix(text, "    ") && !strings.HasPrefix(text, "     ")
}

// stringPassages returns the paragraphs of a string, if it is prose.
func stringPassages(files *token.FileSet, literal *ast.BasicLit) []passage {
	if literal.Kind != token.STRING {
		return nil
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil || len(strings.Fields(text)) < 2 {
		return nil
	}
	number := files.Position(literal.Pos()).Line
	raw := literal.Value[0] == '`'
	var all []passage
	var current passage
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			all = appendPassage(all, &current)
		} else {
			current.add(number, line)
		}
		if raw {
			number++
		}
	}
	return appendPassage(all, &current)
}
