// Command sesctl-relay receives the events of Tencent Cloud SES in production, and
// publishes them to NATS JetStream or Kafka.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/sesctl/sesctl/internal/relaycli"
)

func main() {
	// What lives longer than a request is a few megabytes. Collecting more seldom spares
	// a tenth of the time of an event; the environment variable GOGC goes first.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(relaycli.Main(ctx, relaycli.Env{
		Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
	}))
}
