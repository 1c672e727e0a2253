package cli

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/sesctl/sesctl/internal/interrupt"
)

// RunProcess runs the command that the arguments of this process name, with the streams,
// the environment and the signals of the process. It returns the exit status.
func RunProcess() int { return runIn(context.Background(), processEnv()) }

func runIn(ctx context.Context, env Env) int {
	// If SIGPIPE were not ignored, a closed pipe on stdout would kill the program
	// between a change and its record.
	signal.Ignore(syscall.SIGPIPE)
	// Commands are short and their heaps small. Collecting garbage half as often saves a
	// tenth of the time for ten thousand callbacks, and costs a few megabytes.
	debug.SetGCPercent(200)
	return Main(ctx, env)
}

// processEnv returns the Env of this process.
func processEnv() Env {
	env := Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, LookupEnv: os.LookupEnv, Now: time.Now, Interrupts: interrupt.Context,
		StdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Build:          buildInfo(),
	}
	if env.StdoutTerminal {
		if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			env.Width = width
		}
	}
	return env
}

// buildInfo returns what the Go tool recorded in the program.
func buildInfo() Build {
	b := Build{Version: "dev", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}
