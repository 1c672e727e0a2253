package failure

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Command returns a command line for a hint. Each word is quoted for a POSIX shell if
// it must be, because names of files and addresses can hold characters that a shell
// would carry out.
func Command(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellWord(word)
	}
	return strings.Join(quoted, " ")
}

func shellWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+,=%", r)
	}
	special := func(r rune) bool { return !plain(r) }
	switch {
	case word != "" && strings.IndexFunc(word, special) < 0:
		return word
	case !utf8.ValidString(word), strings.ContainsFunc(word, func(r rune) bool { return !strconv.IsPrint(r) }):
		return ansiQuoted(word)
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// ansiQuoted writes what cannot be seen in escapes, so that people read what they
// copy (POSIX.1-2024, Shell Command Language, 2.2.4).
func ansiQuoted(word string) string {
	var out strings.Builder
	out.WriteString("$'")
	for len(word) > 0 {
		r, size := utf8.DecodeRuneInString(word)
		octets := word[:size]
		word = word[size:]
		switch {
		case r == utf8.RuneError: // the word may have a byte that is not UTF-8
			writeOctal(&out, octets)
		case r == '\'' || r == '\\':
			out.WriteString(`\` + string(r))
		case strconv.IsPrint(r):
			out.WriteRune(r)
		default:
			writeOctal(&out, octets)
		}
	}
	return out.String() + "'"
}

func writeOctal(out *strings.Builder, octets string) {
	for _, octet := range []byte(octets) {
		fmt.Fprintf(out, `\%03o`, octet)
	}
}
