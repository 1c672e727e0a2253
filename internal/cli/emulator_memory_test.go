package cli

import (
	"runtime/debug"
	"testing"
)

// TestTuneMemory checks that settings in the environment win, and that the earlier
// settings are restored. It is not parallel, because it changes the whole process.
func TestTuneMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		restore := tuneMemory(func(asked string) string { return map[string]string{name: "50"}[asked] })
		if got := debug.SetMemoryLimit(-1); got != before {
			t.Errorf("with %s the limit is %d", name, got)
		}
		restore()
	}
	restore := tuneMemory(func(string) string { return "" })
	if got := debug.SetMemoryLimit(-1); got != servedMemory {
		t.Errorf("the limit is %d", got)
	}
	restore()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("afterwards the limit is %d", got)
	}
}
