package output_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/output"
)

// nasty holds terminal control characters: C0 and C1 controls, DEL, bidirectional
// marks, a separator, and format characters beyond the first plane.
const nasty = "a\x1b[31m\u009b2J\x7f\u202e\u2066\u2028\ufeff\U000e0041\u00ad\r\n\tz & <公司>"

// TestEncodedText keeps every character and writes no raw terminal control
// character.
func TestEncodedText(t *testing.T) {
	t.Parallel()
	data := map[string]string{"a": nasty, nasty: "plain"}
	for format, decode := range map[output.Format]func([]byte, any) error{
		output.FormatJSON: json.Unmarshal,
		output.FormatYAML: func(text []byte, into any) error { return yaml.Load(text, into) },
	} {
		got := print(t, output.Printer{Format: format}, output.Result{Data: data})
		if i := strings.IndexFunc(got, func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
		}); i >= 0 {
			t.Errorf("%s: %q in %s", format, got[i:i+1], got)
		}
		var back map[string]string
		if err := decode([]byte(got), &back); err != nil || back["a"] != nasty || back[nasty] != "plain" {
			t.Errorf("%s: %v, read back %q from\n%s", format, err, back, got)
		}
	}
}

// TestTerminalText replaces terminal control characters only in the forms that are
// printed unencoded.
func TestTerminalText(t *testing.T) {
	t.Parallel()
	r := output.Result{Data: nasty, Quiet: []string{nasty}, Markdown: nasty + "\n"}
	const clean = "a\ufffd[31m\ufffd2J\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\n\tz & <公司>\n"
	for name, p := range map[string]output.Printer{
		"quiet": {Quiet: true}, "markdown": {Format: output.FormatMarkdown},
		"jq":       {Format: output.FormatQuery, Query: parse(t, "jq", ".")},
		"template": {Format: output.FormatQuery, Query: parse(t, "template", "{{.}}")},
	} {
		if got := print(t, p, r); got != nasty+"\n" {
			t.Errorf("%s: a script gets %q", name, got)
		}
		p.Terminal = true
		if got := print(t, p, r); got != clean {
			t.Errorf("%s: a terminal gets %q", name, got)
		}
	}
}

// TestYAMLOfEscapedJSON reads JSON with escapes, such as payloads of events.
func TestYAMLOfEscapedJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"\ud83d\ude00 \u516c\u53f8"`: "\"\\U0001F600 公司\"\n",
		`"\\ud83d"`:                   "\\ud83d\n",
		`"a \uD83d b"`:                "a \ufffd b\n",
		`"\ud83d\u516c"`:              "\ufffd公\n",
	} {
		if got := print(t, output.Printer{Format: output.FormatYAML}, output.Result{Data: json.RawMessage(text)}); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
