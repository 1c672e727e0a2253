package emulator

import (
	"iter"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// page returns the offset and the limit of a request, which have the given keys. An
// invalid limit is refused with code.
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

// part skips offset pairs of a sequence, and returns at most limit pairs after them.
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
