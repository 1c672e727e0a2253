//go:build !windows

package files_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/sesctl/sesctl/internal/files"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	for number, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "make room", syscall.EDQUOT: "quota", syscall.EROFS: "read-only", syscall.ENOLCK: "cannot lock",
		syscall.EOPNOTSUPP: "cannot lock", syscall.EACCES: "readable and writable", syscall.EIO: "",
	} {
		err := fmt.Errorf("cannot write: %w", &fs.PathError{Op: "lock", Path: "x", Err: number})
		if got := files.Advice(err); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%v: advice %q", number, got)
		}
		if got := files.Reason(err); !errors.Is(got, number) || got.Error() != number.Error() {
			t.Errorf("%v: reason %q", number, got)
		}
	}
	if got := files.Advice(&fs.PathError{Op: "open", Path: "a?", Err: syscall.EINVAL}); got != "" {
		t.Errorf("a name that the file system does not take: %q", got)
	}
	if got := files.Reason(&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EXDEV}); got.Error() != syscall.EXDEV.Error() {
		t.Errorf("reason %q", got)
	}
}
