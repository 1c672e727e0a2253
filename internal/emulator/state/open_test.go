package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

// TestLockOnARemovedFile checks that a file that was removed or replaced before it
// was locked is detected.
func TestLockOnARemovedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if !samePath(path, file) {
		t.Error("a file is not itself")
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Skipf("open files cannot be moved here: %v", err)
	}
	if samePath(path, file) {
		t.Error("the file that is gone is still there")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if samePath(path, file) {
		t.Error("another file is taken for it")
	}
}

func TestFileErrorNamesTheNextStep(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err        error
		want, hint string
	}{
		"permission": {&fs.PathError{Op: "open", Path: "state.db", Err: fs.ErrPermission}, "cannot use the state file state.db: " + fs.ErrPermission.Error(), "readable and writable"},
		"anything":   {errors.New("it is odd"), "cannot use the state file state.db: it is odd", "move this one away"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := fileError("state.db", test.err)
			if got.Error() != test.want || got.Kind != failure.Failure || !strings.Contains(got.Hints[0], test.hint) {
				t.Errorf("%v %q", got, got.Hints)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		f    func() error
		want string
	}{
		"panic":      {func() error { panic("page 7 already freed") }, "it is damaged: page 7 already freed"},
		"fault":      {func() error { var missing *Store; _ = missing.path; return nil }, "it is damaged: a part of it cannot be read"},
		"own error":  {func() error { return errNotState }, errNotState.Error()},
		"no failure": {func() error { return nil }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := guard(test.f)
			if (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
