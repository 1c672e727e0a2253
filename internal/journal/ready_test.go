package journal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// TestReady writes no entry, and leaves nothing but the journal and its lock.
func TestReady(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	for range 2 {
		if err := j.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if h := read(t, j); len(h.Entries) != 0 || len(h.Damage) != 0 {
		t.Errorf("it wrote %+v", h)
	}
	id := begin(t, j, sample)
	end(t, j, id, Done)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(j.Path()))
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    string
	}{
		"the folder is a file": {func(t *testing.T, path string) {
			if err := os.WriteFile(filepath.Dir(path), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "XDG_STATE_HOME"},
		"the journal is a folder": {func(t *testing.T, path string) {
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "XDG_STATE_HOME"},
		"locked": {func(t *testing.T, path string) {
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			lock, err := files.TryLock(path + ".lock")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = lock.Release() })
		}, "wait for the other sesctl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state", "journal.jsonl")
			test.prepare(t, path)
			j, err := Open(Options{Path: path, Wait: 20 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			err = j.Ready(t.Context())
			if err == nil || failure.KindOf(err) != failure.Failure || !strings.Contains(err.Error(), "cannot write the journal "+path) ||
				!strings.Contains(strings.Join(failure.HintsOf(err), "; "), test.want) {
				t.Errorf("the error is %v, the hints %q", err, failure.HintsOf(err))
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newJournal(t).Ready(ctx); failure.KindOf(err) != failure.Interrupted {
		t.Errorf("interrupted: %v", err)
	}
}
