// Command sesctl manages the callback addresses of Tencent Cloud SES.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sesctl/sesctl/internal/cli"
)

func main() {
	// Without this, a closed pipe on stdout would kill the program between a
	// change and its record.
	signal.Ignore(syscall.SIGPIPE)
	env := cli.ProcessEnv(os.Args[1:])
	env.Interrupts = interrupts
	os.Exit(cli.Main(context.Background(), env))
}

func interrupts(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	return ctx, stop
}
