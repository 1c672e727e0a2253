package yamltext

import (
	"bytes"
	"unicode/utf8"
)

// Text finds places in a text. Lines and columns count from 1, columns in characters,
// without a byte order mark.
type Text struct {
	data  []byte
	lines []int // where each line begins; nil until it is needed
}

// NewText returns a text with this content.
func NewText(data []byte) *Text { return &Text{data: data} }

// From returns the text from a place on. It is empty if there is no such place.
func (t *Text) From(line, column int) []byte {
	if t.lines == nil {
		t.lines = []int{0}
		for i, c := range t.data {
			if c == '\n' {
				t.lines = append(t.lines, i+1)
			}
		}
	}
	if line < 1 || line > len(t.lines) {
		return nil
	}
	text := bytes.TrimPrefix(t.data[t.lines[line-1]:], []byte(string(byteOrder)))
	for ; column > 1 && len(text) > 0; column-- {
		_, size := utf8.DecodeRune(text)
		text = text[size:]
	}
	return text
}

// HasEscapes reports whether a text in double quotes may have escapes.
func (t *Text) HasEscapes() bool { return bytes.IndexByte(t.data, '\\') >= 0 }
