package yamltext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Reason explains a message of the YAML library to the author of the file, with the
// next step. Line and column are the position of the message. The result repeats only
// the character at that position.
func Reason(message string, data []byte, line, column int) string {
	if sign := Lookalike(data, line); sign != "" {
		return sign
	}
	if sign := Lookalike(data, line-1); sign != "" && strings.Contains(message, "mapping values") {
		return "in the line before, " + sign
	}
	if strings.Contains(message, "cannot start any token") {
		return cannotBegin(signAt(data, line, column))
	}
	for _, known := range reasons() {
		if strings.Contains(message, known.message) {
			return known.reason
		}
	}
	return "the text is not of the form that YAML has"
}

// AtStart reports whether the place of a message is the end of what is wrong, so that
// the place of its beginning is the better one.
func AtStart(message string) bool {
	return strings.Contains(message, "could not find expected ':'") || strings.Contains(message, "unexpected end of stream")
}

func cannotBegin(sign rune) string {
	switch sign {
	case '\t':
		return "a line begins with a tab; indent with spaces"
	case '%', '@', '`':
		return fmt.Sprintf("a value cannot begin with %q; put the value in quotes", sign)
	}
	return "a value cannot begin with this sign; put the value in quotes"
}

// signAt returns the character at a position, or 0 after the end.
func signAt(data []byte, line, column int) rune {
	data = lineOf(data, line)
	for ; column > 1; column-- {
		_, size := utf8.DecodeRune(data)
		data = data[size:]
	}
	sign, size := utf8.DecodeRune(data)
	if size == 0 {
		return 0
	}
	return sign
}

type reason struct{ message, reason string }

// reasons returns explanations for the errors of the library's scanner and parser
// (v4.0.0). They are found by the constant part of the error.
func reasons() []reason {
	const (
		indent = "the line does not belong to the line above it; check the indentation, and that a key ends in a colon and a space"
		tag    = "a tag (!) is not complete; put a value that begins with ! in quotes"
		anchor = "& and * cannot begin a value; put the value in quotes"
		escape = `there is no such escape in double quotes; write \\ for a backslash, or use single quotes`
		tabs   = "tabs cannot indent; use spaces"
	)
	return []reason{
		{"tab", tabs},
		{"mapping values are not allowed", "there is a key with a colon instead of a value; put a value with a colon and a space in quotes, and check the indentation"},
		{"mapping keys are not allowed", "there is a key in the wrong place; check the indentation"},
		{"block sequence entries are not allowed", `there is a list item ("- ") in the wrong place; check the indentation`},
		{"could not find expected ':'", "a key has no colon after it; write KEY: VALUE"},
		{"expected ',' or ']'", "a list in [ ] is not complete: a comma or ] is missing"},
		{"expected ',' or '}'", "a mapping in { } is not complete: a comma or } is missing"},
		{"unexpected end of stream", "a quote is not closed"},
		{"did not find expected key", indent},
		{"did not find expected '-' indicator", indent},
		{"did not find expected node content", "a value is missing"},
		{"expected comment or line break", "the rest of the line does not belong after | or >; put the value on the next line, or in quotes"},
		{"indentation indicator", "an indentation number after | or > is from 1 to 9"},
		{"unknown escape", escape},
		{"hexadecimal number", escape},
		{"Unicode character escape", "an escape (\\u) is not a character; write the character itself"},
		{"expected alphabetic or numeric character", anchor},
		{"undefined tag handle", tag}, {"expected '!'", tag}, {"expected '>'", tag}, {"tag URI", tag}, {"YAML tag", tag}, {"URI escaped", tag},
		{"incompatible YAML document", "the version of %YAML is neither 1.1 nor 1.2"},
		{"version number", "%YAML has no version; write %YAML 1.2"}, {"digit or '.'", "%YAML has no version; write %YAML 1.2"},
		{"duplicate %", "a directive (%) is repeated"}, {"directive", "a line that begins with % is not a directive of YAML"},
		{"<document start>", "there is text after the end of the value, or a line with --- is missing: after the directives (%), or before a second document"},
		{"document-end marker", "there is text after the end of the document (...)"}, {"document indicator", "the document ends (--- or ...) inside quotes"},
		{"comment without preceding whitespace", "a comment (#) needs a space before it"},
		{"whitespace", "a space is missing"},
		{"exceeded max depth", "values are nested too deep"},
		{"exceeded", "the file is too large"}, {"limit", "the file is too large"},
	}
}
