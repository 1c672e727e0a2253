package catalog

import (
	"strings"
	"testing"
)

// TestNoMarks checks that no file of translations holds what a merge leaves behind.
func TestNoMarks(t *testing.T) {
	t.Parallel()
	for i, texts := range chinese() {
		for _, mark := range []string{"<<<<<", ">>>>>", "====="} {
			if strings.Contains(string(texts), mark) {
				t.Errorf("file %d holds %q", i, mark)
			}
		}
	}
}
