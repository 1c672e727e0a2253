package network

import (
	"bytes"
	"strings"
	"unicode"
)

// longestLine bounds the line that FirstLine returns, in characters.
const longestLine = 200

// FirstLine returns the first line with text of the body of an answer, for people. If
// the body repeats secrets of the URL that was called, they are masked. Characters that
// cannot be seen and bytes that are not UTF-8 are left out.
func FirstLine(body []byte, rawURL string) string {
	var line string
	for raw := range bytes.Lines(body) {
		if line = strings.TrimSpace(strings.ToValidUTF8(string(raw), "")); line != "" {
			break
		}
	}
	line = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, HideSecrets(line, rawURL))
	if short := []rune(line); len(short) > longestLine {
		line = string(short[:longestLine]) + "…"
	}
	return line
}
