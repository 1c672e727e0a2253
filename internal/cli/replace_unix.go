//go:build unix

package cli

import (
	"context"
	"os"
	"syscall"
)

// replaceProcess replaces this process by the other program, which then receives its
// signals and sets its exit status. It returns only if that fails.
func replaceProcess(_ context.Context, _ Env, path string, args []string) error {
	return syscall.Exec(path, append([]string{path}, args...), os.Environ())
}
