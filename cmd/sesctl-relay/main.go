// Command sesctl-relay receives the events of Tencent Cloud SES in production, and
// publishes them to NATS JetStream or Kafka.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"golang.org/x/term"

	"github.com/sesctl/sesctl/internal/interrupt"
	"github.com/sesctl/sesctl/internal/relaycli"
)

func main() {
	tuneCollector()
	ctx, _ := interrupt.Context(context.Background())
	os.Exit(relaycli.Main(ctx, relaycli.Env{
		Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Width: width(),
	}))
}

// width returns the width of the terminal, or 0.
func width() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// tuneCollector makes collections rare while the heap is small: what lives longer than a
// request is a few megabytes, and a tenth of the time of an event would go into them. The
// limit makes them frequent again when many large events are in flight. The environment
// variables GOGC and GOMEMLIMIT come first.
func tuneCollector() {
	const limit = 128 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}
