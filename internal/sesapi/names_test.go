package sesapi

import (
	"maps"
	"slices"
	"testing"
)

func TestNamesArePublished(t *testing.T) {
	t.Parallel()
	if want := slices.Sorted(maps.Keys(PublishedActions())); !slices.Equal(published, want) {
		t.Errorf("names %v\ntable %v", published, want)
	}
}
