package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// JSON encodes data as indented JSON with a newline at the end. It does not escape
// & and <, which callback URLs contain. It escapes control characters of
// terminals; for every reader the value stays the same (RFC 8259, section 7).
func JSON(data any) ([]byte, error) {
	text, err := encode(data, "  ")
	return escapeUnsafe(text, jsonEscape), err
}

// jsonLine returns JSON on one line.
func jsonLine(data any) ([]byte, error) {
	text, err := encode(data, "")
	return escapeUnsafe(text, jsonEscape), err
}

func encode(data any, indent string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// escapeUnsafe escapes terminal control characters in the strings of JSON, or in
// the double-quoted strings of YAML. Outside strings, JSON and YAML can contain no
// such characters except newlines.
func escapeUnsafe(text []byte, escape func(r rune) string) []byte {
	if !bytes.ContainsFunc(text, unsafeInText) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if unsafeInText(r) {
			out.WriteString(escape(r))
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}

func jsonEscape(r rune) string {
	if high, low := utf16.EncodeRune(r); r > 0xffff {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// yamlEscape returns the escape of YAML 1.2, section 5.7, which has no surrogates.
func yamlEscape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// encodeYAML encodes data with the same keys as in JSON, in the same order.
func encodeYAML(data any) ([]byte, error) {
	text, err := encode(data, "")
	if err != nil {
		return nil, err
	}
	var node yaml.Node
	if err := yaml.Load(joinSurrogates(text), &node); err != nil {
		return nil, err
	}
	blockStyle(&node)
	text, err = yaml.Dump(&node, yaml.WithLineWidth(-1))
	return escapeUnsafe(text, yamlEscape), err
}

// joinSurrogates returns JSON that is also YAML: it replaces each pair of escaped
// surrogates by the character that they encode. YAML has no surrogates.
func joinSurrogates(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		switch high := escaped(text[i:]); {
		case text[i] != '\\':
			out, i = append(out, text[i]), i+1
		case !utf16.IsSurrogate(high): // any other escape, for example an escaped backslash
			out, i = append(out, text[i:i+2]...), i+2
		default:
			r := utf16.DecodeRune(high, escaped(text[i+6:]))
			if i += 6; r != utf8.RuneError {
				i += 6
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// escaped returns the code unit of the escape \uXXXX at the beginning of text, or
// 0.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(unit)
}

// blockStyle gives every node the style that people use in files. A text with
// terminal control characters keeps its quotes, because they can be escaped only
// there.
func blockStyle(node *yaml.Node) {
	empty := len(node.Content) == 0
	if node.Kind == yaml.ScalarNode && strings.ContainsFunc(node.Value, unsafe) {
		node.Style = yaml.DoubleQuotedStyle
	} else if !empty || node.Kind == yaml.ScalarNode {
		node.Style = 0
	}
	for _, child := range node.Content {
		blockStyle(child)
	}
}
