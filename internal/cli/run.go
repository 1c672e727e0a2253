package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// runFunc is the run method of a command. It does the work, and does not depend on
// cobra.
type runFunc func(ctx context.Context, args []string) error

// run returns f for cobra. An error before f is called is wrong usage. The timeout of
// the command begins here.
func (a *app) run(f runFunc) func(*cobra.Command, []string) error {
	return a.runForever(a.limited(f))
}

// runRead is run for commands that only read. See listenLater.
func (a *app) runRead(f runFunc) func(*cobra.Command, []string) error {
	return a.interruptible(a.listenLater, a.limited(f))
}

// runLong is run for commands whose duration depends on the amount of work. The timeout
// applies only if --timeout is given.
func (a *app) runLong(f runFunc) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("timeout") {
			return a.run(f)(cmd, args)
		}
		return a.runForever(f)(cmd, args)
	}
}

// runForever is run for commands that continue until the user stops them.
func (a *app) runForever(f runFunc) func(*cobra.Command, []string) error {
	return a.interruptible(a.listen, f)
}

// runAtOnce is run for commands that only compute. They do not wait, so they need no
// interrupts and no timeout.
func (a *app) runAtOnce(f runFunc) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started, a.command = true, cmd.CommandPath()
		if err := a.readGlobalFlags(cmd); err != nil {
			return err
		}
		return f(cmd.Context(), args)
	}
}

// limited returns f with the timeout of the command.
func (a *app) limited(f runFunc) runFunc {
	return func(ctx context.Context, args []string) error {
		ctx, stop := withTimeout(ctx, a.flags.timeout)
		defer stop()
		a.readUntil(ctx)
		a.writeUntil(ctx)
		return f(ctx, args)
	}
}

// interruptible returns f in a context that ends on an interrupt.
func (a *app) interruptible(listen func(context.Context) (context.Context, func()), f runFunc) func(*cobra.Command, []string) error {
	return a.runAtOnce(func(ctx context.Context, args []string) error {
		ctx, stop := listen(ctx)
		defer func() {
			a.interrupted = ctx.Err() != nil // stop ends it too
			stop()
		}()
		a.readUntil(ctx)
		a.writeUntil(ctx)
		return f(ctx, args)
	})
}

// listen returns a context that ends on an interrupt, and a function that releases it.
func (a *app) listen(ctx context.Context) (context.Context, func()) {
	if a.env.Interrupts == nil {
		return ctx, func() {}
	}
	return a.env.Interrupts(ctx)
}

// headStart is how long a command that only reads does not listen for interrupts.
const headStart = 25 * time.Millisecond

// listenLater is listen after a delay. Listening for signals starts threads and takes a
// twentieth of the time of a short command. Until then, an interrupt ends the program
// like any program that does not listen. A read leaves nothing half done.
func (a *app) listenLater(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	timer := time.AfterFunc(headStart, func() {
		listening, stop := a.listen(ctx)
		<-listening.Done()
		cancel()
		stop()
	})
	return ctx, func() { timer.Stop(); cancel() }
}
