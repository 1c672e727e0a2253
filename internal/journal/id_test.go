package journal

import (
	"testing"
	"time"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	first := nextID(at, "")
	if again := nextID(at, first); again <= first {
		t.Errorf("%s does not follow %s within a millisecond", again, first)
	}
	if back := nextID(at.Add(-time.Hour), first); back <= first {
		t.Errorf("%s does not follow %s when the clock was set back", back, first)
	}
	if later := nextID(at.Add(time.Millisecond), first); later <= first {
		t.Errorf("%s does not follow %s", later, first)
	}
	if early := nextID(time.Unix(-1, 0), ""); !validID(early) {
		t.Errorf("before 1970: %q", early)
	}
	if nextID(at, "broken") != first {
		t.Error("an invalid id before it counts")
	}
	if idValue(first) != at.UnixMilli() {
		t.Errorf("%s is %d", first, idValue(first))
	}
}
