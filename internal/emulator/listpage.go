package emulator

import (
	"iter"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// page returns the offset and the limit of a request, by the keys of both. Code
// is what a limit that is not allowed is refused with.
func page(in object, offsetKey, limitKey, code string) (offset, limit int64, err *apiError) {
	limit = sesapi.MaxPage
	if in.given(limitKey) {
		limit = in.number(limitKey)
	}
	if limit < 1 || limit > sesapi.MaxPage {
		return 0, 0, refuse(code, "The limit must be from 1 to %d.", sesapi.MaxPage)
	}
	return in.number(offsetKey), limit, nil
}

// part returns limit pairs of a sequence, after the first offset of them.
func part[V any](all iter.Seq2[string, V], offset, limit int64) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		at := int64(0)
		for key, value := range all {
			if at-offset >= limit || at >= offset && !yield(key, value) {
				return
			}
			at++
		}
	}
}
