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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	// Without this, a closed pipe on stdout would kill the program between a
	// change and its record.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(cli.Main(ctx, cli.ProcessEnv(os.Args[1:])))
}
