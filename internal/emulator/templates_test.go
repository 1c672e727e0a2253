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

func TestFill(t *testing.T) {
	t.Parallel()
	values, ok := templateData(`{"name":"<张三>","n":12345678901234567890,"f":1.50,"yes":true,"none":null,"a":"{{n}}"}`)
	if !ok {
		t.Fatal("the values are not read")
	}
	for text, want := range map[string]string{
		"":                         "",
		"plain {name} }}":          "plain {name} }}",
		"{{name}}, {{ n }}{{f}}!":  "<张三>, 123456789012345678901.50!",
		"{{yes}}{{none}}{{other}}": "true{{other}}",
		"{{a}} {{a b}} {{n":        "{{n}} {{a b}} {{n",
		"{{{n}}}":                  "{12345678901234567890}",
	} {
		if got := fill(text, values); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"[]", "null", `{"a":{}}`, `{"a":[1]}`, `{"a":1} {}`, "x"} {
		if got, ok := templateData(text); ok {
			t.Errorf("%s: %v", text, got)
		}
	}
}
