package emulator

import (
	"io"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// TestBudgetOfBodies checks that the bodies in memory have a limit, and that small
// bodies are always accepted.
func TestBudgetOfBodies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBodies()
		read := func(size int64) (func(), *apiError) {
			r := httptest.NewRequest("POST", "/", io.LimitReader(zeros{}, max(size, 1)))
			r.ContentLength = size
			return b.read(r, new(buffer))
		}
		var all []func()
		for range maxBodies / maxBody {
			free, err := read(maxBody)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, free)
		}
		if _, err := read(maxBody); err == nil || err.code != sesapi.CodeRequestLimitExceeded {
			t.Errorf("one more: %v", err)
		}
		if _, err := read(-1); err == nil {
			t.Error("one of unknown length: no error")
		}
		if free, err := read(smallBody); err != nil {
			t.Errorf("a small one: %v", err)
		} else {
			free()
		}
		all[0]()
		free, err := read(maxBody)
		if err != nil {
			t.Errorf("after one was released: %v", err)
		}
		free()
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
