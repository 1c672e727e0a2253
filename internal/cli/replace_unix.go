//go:build unix

package cli

import (
	"context"
	"os"
	"syscall"
)

// replaceProcess makes this process the other program, which then gets its signals and
// gives its exit status. It returns only when that fails.
func replaceProcess(_ context.Context, _ Env, path string, args []string) error {
	return syscall.Exec(path, append([]string{path}, args...), os.Environ())
}
