package emulator_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
)

// database writes a bbolt database with one bucket and one key.
func database(bucket, key, value string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte(bucket))
			if err != nil {
				return err
			}
			return b.Put([]byte(key), []byte(value))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func fresh(t *testing.T, path string) {
	t.Helper()
	e, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func content(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		make   func(*testing.T, string)
		want   string
		resets bool // reset removes the file nevertheless
	}{
		"text":             {content("account: none\n"), "not a state file", false},
		"a lot of text":    {content(strings.Repeat("no database\n", 10000)), "not a state file", false},
		"another database": {database("bucket", "a", "b"), "not a state file", false},
		"another format":   {database("emulator", "format", "2"), `format "2"`, true},
		"part is missing":  {database("emulator", "format", "1"), "damaged", true},
		"damaged sender": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			database("senders", "x@example.com", "no JSON")(t, path)
		}, "damaged", true},
		"folder": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "folder", false},
		"read-only": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			if err := os.Chmod(path, 0o400); err != nil {
				t.Fatal(err)
			}
		}, "read-only", false},
		"cut short": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			if err := os.Truncate(path, 3*int64(os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
		}, "damaged: ", false},
		"pages overwritten": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = file.WriteAt([]byte(strings.Repeat("\xff", 8*os.Getpagesize())), 2*int64(os.Getpagesize()))
			if err := errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
		}, "damaged", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			test.make(t, path)
			_, err := reopen(t, path)
			kind := failure.Failure
			if test.want == "not a state file" {
				kind = failure.Usage
			}
			var failed *failure.Error
			if !errors.As(err, &failed) || failed.Kind != kind || len(failed.Hints) == 0 ||
				!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("open: %v, want %q", err, test.want)
			}
			err = emulator.Reset(t.Context(), path, time.Millisecond)
			if test.resets != (err == nil) {
				t.Errorf("reset: %v", err)
			}
			if _, statErr := os.Stat(path); test.resets == (statErr == nil) {
				t.Errorf("after reset: %v", statErr)
			}
		})
	}
}

func TestFolderThatCannotBeCreated(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	content("text")(t, file)
	_, err := reopen(t, filepath.Join(file, "state.db"))
	if failure.KindOf(err) != failure.Failure || err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a file in the place of the folder: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	content("")(t, empty)
	e, err := reopen(t, empty) // as after a crash right after its creation
	if err != nil {
		t.Fatal(err)
	}
	must(t, e, "ListEmailAddress", "{}")
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestDamagedDelivery(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"no JSON", `{"id":7}`} {
		path := filepath.Join(t.TempDir(), "state.db")
		fresh(t, path)
		database("deliveries", "\x00\x00\x00\x00\x00\x00\x00\x01", content)(t, path)
		e, err := reopen(t, path) // actions that do not need the deliveries work
		if err != nil {
			t.Fatal(err)
		}
		must(t, e, "ListEmailAddress", "{}")
		_, _, err = e.Deliveries()
		var failed *failure.Error
		if !errors.As(err, &failed) || len(failed.Hints) == 0 || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", content, err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}
