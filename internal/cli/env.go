package cli

import (
	"context"
	"io"
	"time"

	"github.com/sesctl/sesctl/internal/interrupt"
)

// Env is everything that a command takes from its process, so that tests can run several
// commands in parallel.
type Env struct {
	Args   []string // without the name of the program
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// LookupEnv also reports whether a variable is set. If it is nil, a variable is set
	// if it is not empty.
	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	// Pause waits before a call is retried. If it is nil, the clock of the process is
	// used.
	Pause func(context.Context, time.Duration) error

	// Interrupts returns a context that ends when the user interrupts the program, and a
	// function that releases it. Only long commands call it, because listening for
	// signals starts a thread. If it is nil, there are no interrupts.
	Interrupts func(context.Context) (context.Context, func())

	// These report whether each stream is a terminal. Width is the width of the terminal
	// for results in cells, or 0 if there is none.
	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool
	Width          int

	Build Build

	// Untranslated makes the program print English, and is called with each text for
	// people that the catalogue of Chinese does not have. It is nil except in tests.
	Untranslated func(english string)
}

// Build is the version information of the program.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// pause waits for d. Tests can replace the clock of the process.
func (a *app) pause(ctx context.Context, d time.Duration) error {
	if a.env.Pause != nil {
		return a.env.Pause(ctx, d)
	}
	return interrupt.Sleep(ctx, d)
}
