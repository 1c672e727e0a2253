package journal

import (
	"strings"
	"testing"
)

func TestAnyOpen(t *testing.T) {
	t.Parallel()
	begin := func(id string) string {
		return `{"op":"begin","id":"` + id + `","time":"2026-01-31T12:00:00Z","scope":"account","new":"https://x.example/","outcome":"pending"}`
	}
	end := func(id, outcome string) string {
		return `{"op":"end","id":"` + id + `","time":"2026-01-31T12:00:00Z","outcome":"` + outcome + `"}`
	}
	const a, b = "1hkgq8000", "1hkgq8001"
	for _, test := range []struct {
		name  string
		lines []string
		want  bool
	}{
		{"nothing", nil, false},
		{"ended", []string{begin(a), begin(b), end(b, "done"), end(a, "failed")}, false},
		{"one is open", []string{begin(a), begin(b), end(b, "done")}, true},
		{"ended twice", []string{begin(a), end(a, "failed"), end(a, "done")}, false},
		{"the end is cut", []string{begin(a), end(a, "done")[:60]}, true},
		{"the end is pending", []string{begin(a), end(a, "pending")}, true},
		{"damage between", []string{begin(a), "x", "", `{"op":`, end(a, "done")}, false},
		{"the end of another program", []string{begin(a), `{"id":"` + a + `","op":"end","outcome":"done"}`}, true},
		{"an id that is cut", []string{`{"op":"begin","id":"1hk`}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(test.lines, "\n")
			got, err := anyOpen(strings.NewReader(text))
			if err != nil || got != test.want {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
			history, err := readHistory(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range history.Entries {
				if e.Outcome == Pending && !got {
					t.Errorf("pending and not seen: %+v", e)
				}
			}
		})
	}
}
