package journal

import (
	"os"
	"strings"
	"testing"
)

func TestOpenLines(t *testing.T) {
	t.Parallel()
	begin := func(id string) string {
		return `{"op":"begin","id":"` + id + `","time":"2026-01-31T12:00:00Z","scope":"account","new":"https://x.example/","outcome":"pending"}`
	}
	end := func(id, outcome string) string {
		return `{"op":"end","id":"` + id + `","time":"2026-01-31T12:00:00Z","outcome":"` + outcome + `"}`
	}
	steps := func(id string) string {
		return `{"op":"steps","id":"` + id + `","time":"2026-01-31T12:00:00Z","outcome":"pending"}`
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
		{"made in steps", []string{begin(a), steps(a), end(a, "done")}, false},
		{"cut off between steps", []string{begin(a), steps(a)}, true},
		{"cut off in the line of the steps", []string{begin(a), steps(a)[:40]}, true},
		{"damage between", []string{begin(a), "x", "", `{"op":`, end(a, "done")}, false},
		{"the end is damaged", []string{begin(a), strings.Replace(end(a, "done"), "outcome", "outc\x87me", 1)}, true},
		{"the end of another program", []string{begin(a), `{"id":"` + a + `","op":"end","outcome":"done"}`}, true},
		{"a beginning that is cut", []string{begin(a), end(a, "done"), begin(b)[:90]}, false},
		{"a beginning that is cut behind a brace", []string{strings.Replace(begin(a), "x.example", "}", 1)[:96]}, false},
		{"an id that is cut", []string{`{"op":"begin","id":"1hk`}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(test.lines, "\n")
			got, size, err := openLines(strings.NewReader(text))
			if err != nil || got != test.want {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
			if at := strings.LastIndexByte(text, '\n') + 1; !got && size != int64(at) {
				t.Errorf("%d bytes are whole; want %d", size, at)
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

func TestAnyOpenLooksAtWhatIsNew(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	other, err := Open(Options{Path: j.Path()})
	if err != nil {
		t.Fatal(err)
	}
	check := func(want bool) {
		t.Helper()
		if open, err := j.anyOpen(t.Context()); err != nil || open != want {
			t.Errorf("%v, %v; want %v", open, err, want)
		}
	}
	check(false)
	first := begin(t, j, sample)
	check(true)
	end(t, j, first, Done)
	check(false)
	second := begin(t, other, sample)
	check(true)
	end(t, other, second, Failed)
	check(false)
	if info, err := os.Stat(j.Path()); err != nil || j.ended.size != info.Size() {
		t.Errorf("%d bytes are known; the file: %v, %v", j.ended.size, info.Size(), err)
	}
	if err := os.Remove(j.Path()); err != nil {
		t.Fatal(err)
	}
	begin(t, other, sample)
	check(true)
}
