package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// runFunc is the run method of a command: it acts, and knows no cobra.
type runFunc func(ctx context.Context, args []string) error

// run joins a run method to cobra. An error before it is wrong usage; the time
// limit of the whole command begins here.
func (a *app) run(f runFunc) func(*cobra.Command, []string) error {
	return a.runForever(a.limited(f))
}

// runRead is run for commands that only read: see listenLater.
func (a *app) runRead(f runFunc) func(*cobra.Command, []string) error {
	return a.interruptible(a.listenLater, a.limited(f))
}

// runLong is run for work whose length depends on how much there is to do: the
// time limit holds only where it was given.
func (a *app) runLong(f runFunc) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("timeout") {
			return a.run(f)(cmd, args)
		}
		return a.runForever(f)(cmd, args)
	}
}

// runForever is run for commands that last until they are told to end.
func (a *app) runForever(f runFunc) func(*cobra.Command, []string) error {
	return a.interruptible(a.listen, f)
}

// runAtOnce is run for commands that only compute: nothing in them waits, so
// there is nothing to interrupt and no time to limit.
func (a *app) runAtOnce(f runFunc) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started, a.command = true, cmd.CommandPath()
		if err := a.readGlobalFlags(cmd); err != nil {
			return err
		}
		return f(cmd.Context(), args)
	}
}

// limited is f within the time limit of the command.
func (a *app) limited(f runFunc) runFunc {
	return func(ctx context.Context, args []string) error {
		ctx, stop := withTimeout(ctx, a.flags.timeout)
		defer stop()
		a.readUntil(ctx)
		return f(ctx, args)
	}
}

// interruptible is f in a context that an interrupt ends.
func (a *app) interruptible(listen func(context.Context) (context.Context, func()), f runFunc) func(*cobra.Command, []string) error {
	return a.runAtOnce(func(ctx context.Context, args []string) error {
		ctx, stop := listen(ctx)
		defer func() {
			a.interrupted = ctx.Err() != nil // stop ends it too
			stop()
		}()
		a.readUntil(ctx)
		return f(ctx, args)
	})
}

// listen returns a context that an interrupt ends, and a function to let go of it.
func (a *app) listen(ctx context.Context) (context.Context, func()) {
	if a.env.Interrupts == nil {
		return ctx, func() {}
	}
	return a.env.Interrupts(ctx)
}

// headStart is how long a command that only reads takes no notice of interrupts.
const headStart = 25 * time.Millisecond

// listenLater is listen after a head start. Listening to signals costs threads, a
// twentieth of a short command; until then an interrupt ends the program as it ends
// any that does not listen, and there is nothing that it could leave half done.
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
