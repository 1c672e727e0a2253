package config_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
)

// TestForms uses forms of YAML that a reviewer and a parser can read differently, and
// values of a wrong type. No message repeats a value.
func TestForms(t *testing.T) {
	t.Parallel()
	const profile = "profiles:\n  a:\n    "
	for _, test := range []struct{ file, want string }{
		{profile + "region: !!str x\n", "line 3, column 13: tags are not supported"},
		{profile + "region: !vault s3cret\n", "line 3, column 13: tags are not supported"},
		{profile + "region: !!binary czNjcmV0\n", "line 3, column 13: tags are not supported"},
		{profile + "region: ! s3cret\n", "line 3, column 13: tags are not supported"},
		{profile + "\"reg\\u0069on\": s3cret\n", `line 3, column 9: the escape \u0069 means "i"`},
		{profile + "endpoint: \"https://a.example.com\\L\"\n", `line 3, column 37: the escape \L: the character U+2028 (line separator)`},
		{"profiles:\n  \"a\\x1b[31m\": {}\n", `line 2, column 5: the escape \x1b: the control character U+001B (escape)`},
		{"profiles:\n  ~: {}\n", "line 2, column 3: a key is empty"},
		{"profiles:\n  '': {}\n", "a profile has an empty name"},
		{profile + "region: x\n    region: s3cret\n", `line 4, column 5: the key "region" is already in line 3`},
		{profile + "region: *s3cret\n", "line 3, column 13: an alias (*) has no anchor (&) before it"},
		{profile + "<<: s3cret\n", "line 3, column 9: a merge key (<<) needs a mapping"},
		{profile + "region: [s3cret]\n", "line 3, column 13: wrong type: the value is a list, but must be text"},
		{profile + "allowed_ports: [s3cret]\n", "line 3, column 21: wrong type: the value is text, but must be a whole number"},
		{profile + "allowed_ports: s3cret\n", "line 3, column 20: wrong type: the value is text, but must be a list"},
		{profile + "allowed_ports: [1.5]\n", "wrong type: the value is a number, but must be a whole number"},
		{profile + "allowed_ports: [020000]\n", "line 3, column 21: a number has only decimal digits"},
		{profile + "allowed_ports: [0x1F90]\n", "line 3, column 21: a number has only decimal digits"},
		{profile + "allowed_ports: [8_080]\n", "line 3, column 21: a number has only decimal digits"},
		{profile + "blind: s3cret\n", "line 3, column 12: wrong type: the value is text, but must be true or false"},
		{profile + "credentials: s3cret\n", "line 3, column 18: wrong type: the value is text, but must be a mapping"},
		{profile + "\u00a0region: x\n", "line 3, column 5: unknown key: the character U+00A0 (no-break space) is not a space"},
		{"profiles：\n  a: {}\n", "line 2, column 4: not valid YAML: in the line before, the character '：' (U+FF1A) at column 9 is not ':'"},
		{"profiles: {}\n---\n[\n", "line 4, column 1: not valid YAML"},
		{"profiles: {}\n---\nprofiles: {}\n", "line 2, column 1: a second document"},
		{"s3cret\n", "line 1, column 1: wrong type: the value is text, but must be a mapping"},
		{"profiles: " + strings.Repeat("[", 500_000), "values are nested too deep"},
	} {
		_, err := load(t, test.file, config.Flags{}, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.80q: %v; want %q", test.file, err, test.want)
		} else if failure.KindOf(err) != failure.Usage || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "!!") {
			t.Errorf("%.80q: kind %s, %v", test.file, failure.KindOf(err), err)
		}
	}
	for _, file := range []string{
		"", "---\n", "profiles:\n", "profiles: {a: {}}\n...\n", "%YAML 1.2\n---\nprofiles: {}\n",
		"profiles:\n  b: &b {region: ap-hongkong}\n  a: *b\n  c: {<<: *b}\n",
		profile + "allowed_ports: [8080]\n    blind: TRUE\n",
	} {
		if _, err := load(t, file, config.Flags{}, nil); err != nil {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestRowsAndDocuments(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"a: !!str 1\n":      "x.yaml: line 1, column 4: tags are not supported",
		"a: \"\\u200b\"\n":  `x.yaml: line 1, column 5: the escape \u200b`,
		"a: 1 # \u2028\n":   "x.yaml: line 1, column 8: the character U+2028",
		"a: 010\n":          "x.yaml: line 1, column 4: a number has only decimal digits",
		"a: [\n":            "x.yaml: line 2, column 1: not valid YAML: a value is missing",
		"a: .inf\n":         "x.yaml: it cannot be written as JSON",
		"a: 1\n---\nb: 1\n": "x.yaml: line 2, column 1: a second document",
	} {
		if _, err := config.JSON("x.yaml", []byte(data)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v; want %q", data, err, want)
		}
	}
}

// FuzzDocument reads texts as a configuration. An error has kind usage, is not long, and
// has none of the library's words.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		"", "profiles:\n  a: {region: x, allowed_ports: [8080], mask: [path:1]}\n", "profiles: {a: &a {blind: true}, b: *a, c: {<<: *a}}",
		"profiles: {a: {api: {get-account-callback: off}}}", "a: !!str 1\n", "\"\\x61\": 010\n", "? [a]\n: ~\n", "profiles: {a: {region: [s3cret]}}", "<<: 1\n", "%YAML 1.2\n---\na: |\n b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := load(t, text, config.Flags{}, nil)
		if err == nil {
			return
		}
		message := err.Error()
		for _, word := range []string{"!!", "yaml:", "go-yaml", "config.", "cannot construct", "libyaml", "goroutine"} {
			if strings.Contains(strings.ReplaceAll(message, "config.yaml", ""), word) && !strings.Contains(text, word) {
				t.Errorf("%q is in %q", word, message)
			}
		}
		if failure.KindOf(err) != failure.Usage || len(message) > 3000 {
			t.Errorf("kind %s, %.3000q", failure.KindOf(err), message)
		}
	})
}
