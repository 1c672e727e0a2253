package emulator_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
)

// TestRestartKeepsEverything fills an account by all actions that write, and restarts the
// emulator after every call. The reading actions answer the same before and after it.
func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	restart := func() *emulator.Emulator {
		return withHook(t, &receiver{}, emulator.Options{StateFile: path})
	}
	e := restart()
	reads := map[string]string{"GetWebhookUrl": "{}"}
	for _, call := range everyAction() {
		if isRead(call.action) {
			reads[call.action] = call.body
		}
	}
	compared, later := 0, false
	for _, call := range everyAction() {
		switch {
		case isRead(call.action):
			continue
		case call.action != "":
			must(t, e, call.action, call.body)
		}
		// After a task that begins tomorrow, events stay pending.
		if later = later || strings.Contains(call.body, "BeginTime"); !later {
			settle(t, e)
		}
		before := map[string]answer{}
		for action, body := range reads {
			before[action] = do(t, e, action, body)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e = restart()
		for action, body := range reads {
			compared++
			if got := do(t, e, action, body); !reflect.DeepEqual(got, before[action]) {
				t.Errorf("after %s: %s answers %v, before the restart %v", call.action, action, got, before[action])
			}
		}
	}
	if compared < 300 {
		t.Errorf("only %d answers were compared", compared)
	}
}

func isRead(action string) bool {
	return strings.HasPrefix(action, "Get") || strings.HasPrefix(action, "List")
}
