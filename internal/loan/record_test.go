package loan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	folder := In(state)
	if records, err := folder.Left(); err != nil || len(records) != 0 {
		t.Errorf("no folder: %v, %v", records, err)
	}
	l := take(t, folder)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "hello", "[]", `{"scope":"sender","sender":"s3cret","url":"u"}`, `{"scope":"account"}`, strings.Repeat(" ", maxRecord) + "{}"} {
		if err := os.WriteFile(l.path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, errLeft := folder.Left()
		_, errTake := folder.Take(here(), callback.Account())
		for _, err := range []error{errLeft, errTake} {
			if failure.KindOf(err) != failure.Failure || !strings.Contains(err.Error(), "is not a record of a borrowed callback") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%.40q: error %v", content, err)
			}
		}
	}
	if err := os.RemoveAll(filepath.Join(state, "loans")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "loans"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errLeft := folder.Left()
	_, errTake := folder.Take(here(), callback.Account())
	if failure.KindOf(errLeft) != failure.Failure || failure.KindOf(errTake) != failure.Failure || errLeft == nil || errTake == nil {
		t.Errorf("a file in the place of the folder: %v, %v", errLeft, errTake)
	}
}

// FuzzParse reads records: an error, or a record that can be written and read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"account":{"profile":"","endpoint":"e","region":"r"},"scope":"account","sender":"","url":"https://h.example:8080/","former":"","since":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"scope":"sender","sender":"a@b.example","url":"u","former":"v"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		record, err := parse(data)
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "loan.json")
		if err := record.write(path); err != nil {
			return // a time that JSON does not have
		}
		again, exists, err := read(path)
		if err != nil || !exists || again.Borrowed != record.Borrowed || again.Account != record.Account {
			t.Errorf("read %v, %v, %v; want %v", again, exists, err, record)
		}
	})
}
