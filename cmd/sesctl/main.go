package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/sesctl/sesctl/internal/cli"
)

func main() {
	// Without this, a closed pipe on stdout would kill the program between a
	// change and its record.
	signal.Ignore(syscall.SIGPIPE)
	// Commands are short and their heaps small: collecting half as often spares a
	// tenth of the time that ten thousand callbacks take, for a few megabytes.
	debug.SetGCPercent(200)
	env := cli.ProcessEnv(os.Args[1:])
	env.Interrupts = interrupts
	os.Exit(cli.Main(context.Background(), env))
}

func interrupts(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	return ctx, stop
}
