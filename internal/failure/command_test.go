package failure_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

func commandWords() map[string]string {
	return map[string]string{
		"a\xff.yaml":           `$'a\377.yaml'`,
		"\xff\u202e\ufffd":     `$'\377\342\200\256\357\277\275'`,
		"callbacks.yaml":       "callbacks.yaml",
		"a/b-c_d.yaml":         "a/b-c_d.yaml",
		"news@mail.example":    "news@mail.example",
		"":                     "''",
		"a b":                  "'a b'",
		"a`touch x`":           "'a`touch x`'",
		"$(touch x)":           "'$(touch x)'",
		"$HOME":                "'$HOME'",
		"it's":                 `'it'\''s'`,
		"a;b&c|d>e":            "'a;b&c|d>e'",
		"*?[a]~#!":             "'*?[a]~#!'",
		`a"b\c`:                `'a"b\c'`,
		"a\nb'\x1b":            `$'a\012b\'\033'`,
		"\u202ea":              `$'\342\200\256a'`,
		"回调.yaml":              "'回调.yaml'",
		"o'brien@mail.example": `'o'\''brien@mail.example'`,
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	for word, want := range commandWords() {
		if got := failure.Command("sesctl", word, "-f"); got != "sesctl "+want+" -f" {
			t.Errorf("%q: %s", word, got)
		}
	}
}

// TestShellReadsCommand asks a shell.
func TestShellReadsCommand(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	for word := range commandWords() {
		out, err := exec.Command(shell, "-c", failure.Command("printf", "%s", word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q is read as %q, %v", word, out, err)
		}
	}
	if out, err := exec.Command(shell, "-c", failure.Command("echo", strings.Repeat("`", 3))).Output(); err != nil || string(out) != "```\n" {
		t.Errorf("backticks: %q, %v", out, err)
	}
}
