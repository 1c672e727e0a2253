//go:build !unix

package cli

import (
	"context"
	"errors"
	"os/exec"
)

// replaceProcess runs the other program until it ends. An interrupt on the terminal
// reaches both programs, and only the other program reacts to it.
func replaceProcess(ctx context.Context, env Env, path string, args []string) error {
	if env.Interrupts != nil {
		_, stop := env.Interrupts(ctx)
		defer stop()
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = env.Stdin, env.Stdout, env.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exitStatus(exit.ExitCode())
	}
	return err
}
