package cli

import (
	"context"
	"io"
	"time"
)

// Env is everything that a command takes from the process it runs in, so that
// tests can run commands side by side.
type Env struct {
	Args   []string // without the name of the program
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// LookupEnv returns also whether a variable is set; nil: those that are not
	// empty are.
	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	// Pause waits before a call is repeated; nil is a wait by the clock.
	Pause func(context.Context, time.Duration) error

	// Interrupts returns a context that ends when the user interrupts the program,
	// and a function to let go of it. It is called by commands that last, because
	// listening to signals costs every start a thread. Nil: there are none.
	Interrupts func(context.Context) (context.Context, func())

	// The terminals: whether each stream is one, and the width of the one that
	// results are written to, in cells, 0 where it is none.
	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool
	Width          int

	Build Build

	// Untranslated makes the program print English, and is called with each text for
	// people that the catalogue of Chinese does not have. It is nil except in tests.
	Untranslated func(english string)
}

// Build describes the program.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// pause waits, by the clock of the process unless a test gives another one.
func (a *app) pause(ctx context.Context, d time.Duration) error {
	if a.env.Pause != nil {
		return a.env.Pause(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
