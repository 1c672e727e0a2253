package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"
)

// TestReadOnce checks that each kind of command reads standard input in only one
// goroutine.
func TestReadOnce(t *testing.T) {
	t.Parallel()
	in := strings.NewReader("")
	for name, run := range map[string]func(*app, runFunc) func(*cobra.Command, []string) error{
		"run": (*app).run, "runRead": (*app).runRead, "runLong": (*app).runLong, "runForever": (*app).runForever,
	} {
		a := newApp(Env{Stdin: in, Stdout: io.Discard, Getenv: func(string) string { return "" }})
		cmd := &cobra.Command{RunE: run(a, func(context.Context, []string) error {
			if until, ok := a.env.Stdin.(untilDone); !ok || until.in != in {
				t.Errorf("%s: standard input is %T", name, a.env.Stdin)
			}
			return nil
		})}
		a.addGlobalFlags(cmd)
		cmd.SetArgs([]string{})
		if err := cmd.Execute(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadEnds checks that the timeout and an interrupt end a read.
func TestReadEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		interrupt time.Duration
		want      error
	}{
		{"the timeout", time.Hour, context.DeadlineExceeded},
		{"an interrupt", time.Second, context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				never, hold := io.Pipe()
				defer hold.Close()
				ctx, interrupt := context.WithCancel(t.Context())
				defer time.AfterFunc(test.interrupt, interrupt).Stop()
				a := newApp(Env{Stdin: never, Stdout: io.Discard, Getenv: func(string) string { return "" },
					Interrupts: func(context.Context) (context.Context, func()) { return ctx, func() {} }})
				cmd := &cobra.Command{RunE: a.run(func(context.Context, []string) error {
					_, err := io.ReadAll(a.env.Stdin)
					return err
				}), SilenceErrors: true, SilenceUsage: true}
				a.addGlobalFlags(cmd)
				cmd.SetArgs([]string{"--timeout", "1m"})
				if err := cmd.Execute(); !errors.Is(err, test.want) {
					t.Errorf("%v, want %v", err, test.want)
				}
			})
		})
	}
}
