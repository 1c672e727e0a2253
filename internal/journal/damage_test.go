package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTornLine cuts the file after every byte of its last line, as a killed
// process or a full disk does. Then it reads the file and continues to write.
func TestTornLine(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	first := begin(t, j, sample)
	kept, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	begin(t, j, sample)
	whole, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for cut := len(kept); cut <= len(whole); cut++ {
		torn := open(t, filepath.Join(folder, fmt.Sprint(cut)))
		if err := os.WriteFile(torn.Path(), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		entries, damage := 1, 1
		switch {
		case cut == len(kept):
			damage = 0
		case cut >= len(whole)-1: // only the end of the line is missing
			entries, damage = 2, 0
		}
		h := read(t, torn)
		if len(h.Entries) != entries || len(h.Damage) != damage || h.Entries[entries-1].ID != first {
			t.Fatalf("cut at %d: %+v", cut, h)
		}
		if damage == 1 && h.Damage[0].String() != "line 2 was skipped: it is incomplete" {
			t.Fatalf("cut at %d: %s", cut, h.Damage[0])
		}
		id := begin(t, torn, sample)
		end(t, torn, id, Done)
		h = read(t, torn)
		if len(h.Entries) != entries+1 || len(h.Damage) != damage || h.Entries[0].ID != id || h.Entries[0].Outcome != Done {
			t.Fatalf("cut at %d, written on: %+v", cut, h)
		}
		if now, err := os.ReadFile(torn.Path()); err != nil || !bytes.HasPrefix(now, whole[:cut]) {
			t.Fatalf("cut at %d: what was there is not there any more: %v", cut, err)
		}
	}
}

func TestDamageInside(t *testing.T) {
	t.Parallel()
	const (
		good   = `{"op":"begin","id":"01jd1k0m1","time":"2025-03-01T12:00:00Z","scope":"account","new":"https://h.example/?s3cret","outcome":"pending"}`
		second = `{"op":"begin","id":"01jd1k0m2","time":"2025-03-01T12:00:00Z","scope":"account","outcome":"pending"}`
	)
	for _, test := range []struct{ name, line, want string }{
		{"not JSON", `s3cret`, "it is not a complete JSON object"},
		{"an array", `["s3cret"]`, "it is not a complete JSON object"},
		{"ill-typed", `{"op":"begin","id":7}`, "it is not a complete JSON object"},
		{"zeros after a power failure", strings.Repeat("\x00", 4096), "it is not a complete JSON object"},
		{"two lines in one", second + second, "it is not a complete JSON object"},
		{"longer than any line", `{"op":"` + strings.Repeat("a", 3*maxLine) + `"}`, "it is not a complete JSON object"},
		{"unknown operation", strings.Replace(second, "begin", "undo", 1), "it neither begins nor ends an entry"},
		{"no id", strings.Replace(second, "01jd1k0m2", "", 1), "it has no valid id"},
		{"wrong id", strings.Replace(second, "01jd1k0m2", "01jd1k0m\\u0000", 1), "it has no valid id"},
		{"no scope", strings.Replace(second, "account", "planet", 1), "it has no valid scope"},
		{"wrong outcome", strings.Replace(second, "pending", "maybe", 1), "it has no valid outcome"},
		{"the same id", strings.Replace(second, "m2", "m1", 1), "its id is already in use"},
		{"the end of nothing", `{"op":"end","id":"01jd1k0m9","outcome":"done"}`, "it belongs to an entry that does not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := open(t, filepath.Join(t.TempDir(), "journal.jsonl"))
			content := good + "\n" + test.line + "\n\n" + strings.Replace(second, "m2", "m3", 1) + "\n"
			if err := os.WriteFile(j.Path(), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			h := read(t, j)
			if len(h.Entries) != 2 || !slices.Equal(h.Damage, []Damage{{Line: 2, Reason: test.want}}) {
				t.Errorf("history %+v", h)
			}
			if id := begin(t, j, sample); id <= "01jd1k0m3" {
				t.Errorf("id %s after 01jd1k0m3", id)
			}
		})
	}
}

// FuzzRead reads and continues files of any content.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "{}", "{", "null\n", "\x00\n\xff",
		`{"op":"begin","id":"01jd1k0m1","time":"2025-03-01T12:00:00Z","scope":"account","outcome":"pending"}` + "\n" + `{"op":"end","id":"01jd1k0m1","outcome":"done"}`,
		`{"op":"begin","id":"zzzzzzzzz","scope":"account","outcome":"pending"}` + "\n",
		`{"op":"begin","id":"01jd1k0m1","time":"2025-03-01T12:00:00Z","scope":"sender","sender":"a@b.example","outcome":"pending"}` + "\n" + `{"op":"steps","id":"01jd1k0m1","outcome":"pending"}` + "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		before, err := readHistory(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		j := open(t, filepath.Join(t.TempDir(), "journal.jsonl"))
		if err := os.WriteFile(j.Path(), content, 0o600); err != nil {
			t.Fatal(err)
		}
		id := begin(t, j, sample)
		after := read(t, j)
		if len(after.Entries) != len(before.Entries)+1 || len(after.Damage) != len(before.Damage) || after.Entries[0].ID != id {
			t.Errorf("before %+v\nafter  %+v", before, after)
		}
	})
}
