package emulator_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
)

// TestSendersOfAnExistingState checks that new senders are added to an existing
// state, and nothing else is changed.
func TestSendersOfAnExistingState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	reopen := func(senders []string) []string {
		e := open(t, emulator.Options{StateFile: path, Senders: senders})
		var addresses []string
		for _, s := range must(t, e, "ListEmailAddress", "{}")["EmailSenders"].([]any) {
			addresses = append(addresses, s.(map[string]any)["EmailAddress"].(string))
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		return addresses
	}
	const one, two = "one@x.example.com", "two@x.example.com"
	for _, step := range []struct{ given, want []string }{
		{[]string{one}, []string{one}},
		{nil, []string{one}},
		{[]string{}, []string{one}},
		{[]string{"Two <TWO@x.example.com>", one}, []string{one, two}},
		{nil, []string{one, two}},
	} {
		if got := reopen(step.given); !slices.Equal(got, step.want) {
			t.Errorf("opened with %q: %q, want %q", step.given, got, step.want)
		}
	}
}
