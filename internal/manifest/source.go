package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/yamltext"
)

// source is the text of a file as the parser reads it.
type source struct {
	text   []byte
	shifts []place // after each pair of surrogates, which is shorter in text
}

// place is a place in a text. It counts from 1, the columns in characters.
type place struct{ line, column int }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

// shift is how much shorter \U01234567 is than two escaped surrogates.
const shift = len(`\ud83d\ude00`) - len(`\U0001f600`)

// sourceOf returns what the parser reads in place of data. JSON is already YAML, except
// for characters that are escaped as two surrogates.
func sourceOf(data []byte) source {
	bom := []byte("\ufeff")
	if !bytes.Contains(data, []byte(`\u`)) || !json.Valid(bytes.TrimPrefix(data, bom)) {
		return source{text: yamltext.AcceptVersion(data)}
	}
	// A character that is escaped as two surrogates. An escaped backslash is
	// matched too, so that the text after it is not read as an escape.
	surrogates := regexp.MustCompile(`\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)
	var s source
	at, end := place{1, 1}, 0
	copied := func(part []byte) {
		s.text = append(s.text, part...)
		if last := bytes.LastIndexByte(part, '\n'); last >= 0 {
			at.line, at.column = at.line+bytes.Count(part, []byte("\n")), 1
			part = part[last+1:]
		}
		at.column += utf8.RuneCount(bytes.TrimPrefix(part, bom))
	}
	for _, m := range surrogates.FindAllIndex(data, -1) {
		copied(data[end:m[0]])
		match := data[m[0]:m[1]]
		end = m[1]
		if len(match) == len(`\\`) {
			copied(match)
			continue
		}
		high, _ := strconv.ParseUint(string(match[2:6]), 16, 16)
		low, _ := strconv.ParseUint(string(match[8:12]), 16, 16)
		copied(fmt.Appendf(nil, `\U%08x`, utf16.DecodeRune(rune(high), rune(low))))
		s.shifts = append(s.shifts, at)
	}
	copied(data[end:])
	return s
}

// column returns the column in the file of a place in the text.
func (s *source) column(line, column int) int {
	if len(s.shifts) == 0 {
		return column
	}
	first, _ := slices.BinarySearchFunc(s.shifts, place{line, 0}, place.compare)
	last, _ := slices.BinarySearchFunc(s.shifts, place{line, column + 1}, place.compare)
	return column + shift*(last-first)
}
