package emulator

import (
	"encoding/base64"
	"slices"
	"testing"
)

func TestVariablesOfATemplate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                           nil,
		"{{name}} and {{ code\n}}":   {"code", "name"},
		"{{a}}{{b}}{{a}}":            {"a", "b"},
		"{{姓名}}":                     {"姓名"},
		"{{{a}}}":                    {"a"},
		"{{a b}} {{c}}":              {"c"},
		"{{ a {{b}} }}":              {"b"},
		"{{}} {{ }} {a} {{a} }} b}}": nil,
		"{{a} }}{{b}c}}{{d}}":        {"d"},
		"{{a":                        nil,
	} {
		for _, part := range []template{
			{HTML: base64.StdEncoding.EncodeToString([]byte(text))},
			{Text: base64.StdEncoding.EncodeToString([]byte(text))},
		} {
			if got := part.variables(); !slices.Equal(got, want) {
				t.Errorf("%q: %q, not %q", text, got, want)
			}
		}
	}
}
