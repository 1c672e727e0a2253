package yamltext_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/yamltext"
)

// reasonFor returns what [Reason] returns for a text that the library refuses.
func reasonFor(t *testing.T, text string) string {
	t.Helper()
	loader, err := yaml.NewLoader(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		var node yaml.Node
		err = loader.Load(&node)
	}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		t.Fatalf("%q is read: %v", text, err)
	}
	return yamltext.Reason(e.Message, []byte(text), e.Mark.Line, e.Mark.Column)
}

func TestReason(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: @x":                  "a value cannot begin with '@'",
		"\ufeff@x":               "a value cannot begin with '@'",
		"a: `x":                  "a value cannot begin with '`'",
		"é: %x":                  "a value cannot begin with '%'",
		"a:\n\tb: c":             "a line begins with a tab",
		"a: 1\n\tb: c":           "tabs cannot indent",
		"a: b: c":                "a value with a colon and a space in quotes",
		"a: 1\n b: 2":            "check the indentation",
		"a:\n  b: 1\n c: 2":      "check the indentation",
		"a: 1\n- b":              "check the indentation",
		"- a\nb: 1":              "check the indentation",
		"a: - b":                 `a list item ("- ")`,
		"a: ? b":                 "a key in the wrong place",
		"a: 1\nb\n":              "a key has no colon",
		"a: [b":                  "a comma or ] is missing",
		"a: [b}":                 "a comma or ] is missing",
		"{a: b":                  "a comma or } is missing",
		`{"a": 1 "b": 2}`:        "a comma or } is missing",
		`a: "b`:                  "a quote is not closed",
		"a: 'b":                  "a quote is not closed",
		`a: "b" c`:               "check the indentation",
		`a: "\q"`:                "there is no such escape",
		`a: "\uzz"`:              "there is no such escape",
		`a: "\ud800"`:            "is not a character",
		"a: |x":                  "after | or >",
		"a: |0\n x":              "from 1 to 9",
		"a: *":                   "& and * cannot begin a value",
		"a: & b":                 "& and * cannot begin a value",
		"a: !<b":                 "a tag (!) is not complete",
		"a: !b!c d":              "a tag (!) is not complete",
		"%YAML 2.0\n---\na: 1":   "neither 1.1 nor 1.2",
		"%YAML x\n---\na: 1":     "%YAML has no version",
		"%FOO\n---\na: 1":        "not a directive",
		"%YAML 1.1\n%YAML 1.1\n": "is repeated",
		"a: \"b\n---\nc\"":       "inside quotes",
	} {
		if got := reasonFor(t, text); !strings.Contains(got, want) {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
	if got := yamltext.Reason("cannot start any token", nil, 3, 7); !strings.Contains(got, "this sign") {
		t.Errorf("behind the end: %q", got)
	}
	if got := yamltext.Reason("something new", nil, 1, 1); got != "the text is not of the form that YAML has" {
		t.Errorf("unknown: %q", got)
	}
}

func TestAcceptVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                "",
		"%YAML 1.2\n---\n":                "%YAML 1.1\n---\n",
		"\ufeff# x\r\n\n%YAML\t1.2\n":     "\ufeff# x\r\n\n%YAML\t1.1\n",
		"%TAG ! x\n%YAML 1.2\n":           "%TAG ! x\n%YAML 1.1\n",
		"%YAML 1.3\n":                     "%YAML 1.3\n",
		"a: |\n  %YAML 1.2\n":             "a: |\n  %YAML 1.2\n",
		"a: 1\n...\n%YAML 1.2\n---\nb: 1": "a: 1\n...\n%YAML 1.2\n---\nb: 1",
	} {
		if got := string(yamltext.AcceptVersion([]byte(text))); got != want {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
}
