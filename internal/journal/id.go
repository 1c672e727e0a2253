package journal

import (
	"strings"
	"time"
)

// An id is the time of its entry in milliseconds, written in Crockford's base 32.
// It has no i, l, o or u, so people can read it out and type it. All ids have the
// same length until the year 3084, so their order as text is the order of the
// entries. Entries of the same millisecond take the next free ids. A running
// number would be shorter, but after the file is removed it would name another
// change.
const (
	idDigits = "0123456789abcdefghjkmnpqrstvwxyz"
	idLength = 9
)

// nextID returns the id of an entry made at now. It comes after the id last.
func nextID(now time.Time, last string) string {
	value := now.UnixMilli()
	if value < 0 {
		value = 0
	}
	if validID(last) {
		value = max(value, idValue(last)+1)
	}
	id := make([]byte, idLength)
	for i := idLength - 1; i >= 0; i-- {
		id[i] = idDigits[value&31]
		value >>= 5
	}
	return string(id)
}

func idValue(id string) int64 {
	var value int64
	for _, c := range []byte(id) {
		value = value<<5 | int64(strings.IndexByte(idDigits, c))
	}
	return value
}

func validID(id string) bool {
	return len(id) == idLength && strings.Trim(id, idDigits) == ""
}

// foldID converts an id that a user typed to the form in which sesctl printed it:
// i and l become 1, and o becomes 0, as Crockford's base 32 defines.
func foldID(typed string) string {
	return strings.NewReplacer("i", "1", "l", "1", "o", "0", "-", "").Replace(strings.ToLower(strings.TrimSpace(typed)))
}
