package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the folder of the repository.
const root = "../.."

// spoken returns the files of the catalogue, and the folders whose texts they hold.
func spoken() map[string][]string {
	files := map[string][]string{
		"callback.txt": {"pkg/callback"},
		"event.txt":    {"pkg/event"},
		"emulator.txt": {"internal/emulator", "internal/emulator/delivery", "internal/emulator/state"},
	}
	for _, name := range []string{
		"account", "capture", "catalog", "cli", "config", "failure", "files", "journal", "loan", "manifest", "network",
		"output", "planfile", "relay", "relaycli", "report", "ses", "sesapi", "webhook", "yamltext",
	} {
		files[name+".txt"] = []string{"internal/" + name}
	}
	return files
}

// collect returns the texts in the Go files of folders: every literal that reads
// like a sentence or its beginning, alone or joined with values, and every literal
// that a function for messages gets.
func collect(t *testing.T, folders []string) []string {
	t.Helper()
	var texts, names []string
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no Go files in %s: %v", folder, err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || unspoken(filepath.ToSlash(name)) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool { return collectNode(node, &texts) })
	}
	if slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(folder, "internal/emulator") }) {
		texts = slices.DeleteFunc(texts, anAnswer.MatchString)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// collectNode adds the texts of a node, and reports whether to look inside it.
func collectNode(node ast.Node, texts *[]string) bool {
	add := func(text string, is func(string) bool) {
		if key := asKey(text); is(key) {
			*texts = append(*texts, key)
		}
	}
	switch node := node.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field:
		return node.Tag == nil
	case *ast.KeyValueExpr:
		key, _ := node.Key.(*ast.Ident)
		if key != nil && key.Name == "Use" {
			return false
		}
		if text, ok := joinedText(node.Value); ok && key != nil && key.Name == "Example" {
			for line := range strings.SplitSeq(text, "\n") {
				if comment, is := strings.CutPrefix(strings.TrimSpace(line), "# "); is {
					*texts = append(*texts, comment)
				}
			}
			return false
		}
	case *ast.CallExpr:
		if formats := counted(node); formats != nil {
			*texts = append(*texts, formats...)
			return false
		}
		if speaks(node.Fun) {
			for _, argument := range node.Args {
				if text, ok := joinedText(argument); ok {
					add(text, hasWord)
				}
			}
		}
	case ast.Expr:
		text, ok := joinedText(node)
		if !ok {
			return true
		}
		add(text, isProse)
		for _, value := range valuesIn(node) {
			ast.Inspect(value, func(inner ast.Node) bool { return collectNode(inner, texts) })
		}
		return false
	}
	return true
}

// valuesIn returns what an expression joins its literals with.
func valuesIn(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return valuesIn(e.X)
	case *ast.BasicLit:
		return nil
	case *ast.BinaryExpr:
		return append(valuesIn(e.X), valuesIn(e.Y)...)
	}
	return []ast.Expr{e}
}

// counted returns the formats of a number of things: of count and plural in
// internal/cli, which join a number and a word.
func counted(call *ast.CallExpr) []string {
	name, _ := call.Fun.(*ast.Ident)
	if name == nil || (name.Name != "count" && name.Name != "plural") {
		return nil
	}
	var formats []string
	for _, argument := range call.Args[1:] {
		text, ok := joinedText(argument)
		if ok {
			formats = append(formats, "%d "+text)
		}
		if ok && name.Name == "count" {
			formats = append(formats, "%d "+text+"s")
		}
	}
	return formats
}

// speaks reports whether a function gets texts for people.
func speaks(function ast.Expr) bool {
	name := ""
	switch f := function.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "errors" {
			return name == "New"
		} else if ok && x.Name == "failure" {
			return name == "New"
		}
	}
	return slices.Contains([]string{"Errorf", "WithHint", "WithHints", "inform", "warn", "warnAt"}, name)
}

// hasWord reports whether a text has a word besides its values.
func hasWord(text string) bool {
	return aWord.MatchString(verbs.ReplaceAllString(text, "¤"))
}

var aWord = regexp.MustCompile(`\pL{2,}`)

// joinedText returns the format that an expression of literals, values and
// fmt.Sprintf makes.
func joinedText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return joinedText(e.X)
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, leftOK := joinedText(e.X)
		right, rightOK := joinedText(e.Y)
		if !leftOK && !rightOK {
			return "", false
		}
		return orVerb(left, leftOK) + orVerb(right, rightOK), true
	}
	return "", false
}

func orVerb(text string, ok bool) string {
	if !ok {
		return "%s"
	}
	return text
}

// verbs are the verbs of a format.
var verbs = regexp.MustCompile(`%[-+# 0-9.\[\]*]*[a-zA-Z]`)

// aSentence finds two words, or a word beside a value.
var aSentence = regexp.MustCompile(`\pL{2,}[,.:;)'’]* ['"(‘“]*\pL{2,}|^\pL{3,}:? ¤|\pL{3,} ¤|¤ \pL{3,}|¤: \pL{3,}`)

// isProse reports whether a text reads like a sentence, or like a part of one.
func isProse(text string) bool {
	return aSentence.MatchString(verbs.ReplaceAllString(text, "¤")) && !aCommand.MatchString(text)
}

// anAnswer finds what the emulated service and mail servers answer. They answer in
// English to everybody.
var anAnswer = regexp.MustCompile(`^[A-Z%][^\n]*\.$|^[45]\d\d |^recipient |^you are not authorized|^malformed HTTP`)

// aCommand finds the name of a command.
var aCommand = regexp.MustCompile(`^sesctl( [a-z]+| %s){0,3}( -f FILE)?$|^(callback|emulator|event|completion|profile) [a-z]+$`)

// asKey returns a text as the catalogue is asked for it: without the space and the
// sign that join it to what comes before.
func asKey(text string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), ",;: "))
}

// unspoken reports whether the texts of a file are for programs alone: the answers
// of the emulated service, and the metrics of the relay.
func unspoken(name string) bool {
	return slices.ContainsFunc([]string{"emulator/actions", "emulator/answer", "relay/metrics"}, func(part string) bool { return strings.Contains(name, part) })
}
