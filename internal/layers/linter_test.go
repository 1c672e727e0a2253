package layers_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the rules into the configuration of the linter")

// The lines of the configuration that the rules stand between.
const (
	rulesBegin = "    # The import rule, made from internal/layers/list_test.go: go test ./internal/layers -update\n"
	rulesEnd   = "    # The end of the import rule.\n"
)

// TestLinter compares the rules of the linter with the list.
func TestLinter(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", ".golangci.yml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), rulesBegin)
	have, after, ends := strings.Cut(rest, rulesEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the rules", path)
	}
	want := linterRules()
	switch {
	case have == want:
	case *update:
		if err := os.WriteFile(path, []byte(before+rulesBegin+want+rulesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the rules in %s differ from list_test.go: go test ./internal/layers -update", path)
	}
}

// linterRules returns the rules for depguard: one for each row, one for each
// library, and one for the packages below pkg. Tests may import anything.
func linterRules() string {
	var out strings.Builder
	out.WriteString("    depguard:\n      rules:\n")
	out.WriteString("        domain:\n          list-mode: strict\n          files: [\"**/pkg/**/*.go\", \"!**/pkg/sestest/*.go\", \"!$test\"]\n")
	fmt.Fprintf(&out, "          allow: [%s]\n", strings.Join(append([]string{"$gostd", module + "pkg"}, allowed()...), ", "))
	lower := ""
	for i, row := range layers() {
		files := append(globs("", row), `"!$test"`)
		fmt.Fprintf(&out, "        row-%d:\n          list-mode: lax\n          files: [%s]\n", i+1, strings.Join(files, ", "))
		fmt.Fprintf(&out, "          allow: [%s]\n", strings.TrimPrefix(lower, ", "))
		fmt.Fprintf(&out, "          deny:\n            - {pkg: %s, desc: it is not in a lower row}\n", strings.TrimSuffix(module, "/"))
		for _, p := range row {
			lower += ", " + module + p + "$"
		}
	}
	for _, l := range libraries() {
		files := append([]string{`"**/*.go"`}, globs("!", l.owners)...)
		for _, folder := range free() {
			files = append(files, fmt.Sprintf(`"!**/%s/**"`, folder))
		}
		only := "only tests use it"
		if len(l.owners) > 0 {
			only = "only " + strings.Join(l.owners, " and ") + " may use it"
		}
		fmt.Fprintf(&out, "        %s:\n          files: [%s]\n", ruleName(l.path), strings.Join(append(files, `"!$test"`), ", "))
		fmt.Fprintf(&out, "          deny:\n            - {pkg: %s, desc: %s}\n", strings.TrimSuffix(l.path, "/"), only)
	}
	return out.String()
}

// globs returns the patterns of the files of packages.
func globs(prefix string, packages []string) []string {
	var patterns []string
	for _, p := range packages {
		patterns = append(patterns, fmt.Sprintf(`"%s**/%s/*.go"`, prefix, p))
	}
	return patterns
}

// ruleName makes the name of a rule out of the path of a library.
func ruleName(path string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune("./", r) {
			return '-'
		}
		return r
	}, path), "-")
}
