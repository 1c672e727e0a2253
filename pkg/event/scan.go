package event

import (
	"encoding/json"
	"iter"
)

// members yields the names and values of an object that is valid JSON, without
// parsing it again: it only looks for the ends of strings and of values in brackets.
func members(object []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		at := skipSpace(object, 0) + 1 // after the brace
		for {
			at = skipSpace(object, at)
			if object[at] == ',' {
				at = skipSpace(object, at+1)
			}
			if object[at] == '}' {
				return
			}
			end := endOfValue(object, at)
			name := unquote(object[at:end])
			at = skipSpace(object, skipSpace(object, end)+1) // after the colon
			end = endOfValue(object, at)
			if !yield(name, object[at:end:end]) {
				return
			}
			at = end
		}
	}
}

func skipSpace(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n' {
		at++
	}
	return at
}

// endOfValue returns where the value that begins at a place ends.
func endOfValue(text []byte, at int) int {
	depth := 0
	for {
		switch c := text[at]; c {
		case '"':
			at = endOfString(text, at)
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at // of the object around; the value was a number or a word
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return at
			}
		}
		at++
	}
}

func endOfString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// unquote returns the text of a JSON string. Most have no escapes.
func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				return "" // not reached: the string is valid
			}
			return text
		}
	}
	return string(inner)
}
