package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// mayAsk returns an error if the command has to ask a question and there is no terminal
// to ask on. It is called before anything is contacted.
func (a *app) mayAsk(yes bool, what string) error {
	if a.asks = !yes && a.env.StdinTerminal && a.env.StderrTerminal; a.asks || yes {
		return nil
	}
	return failure.New(failure.Usage, "%s needs confirmation, but standard input or standard error is not a terminal", what).WithHint("use --yes to confirm it")
}

// confirm asks a question on the terminal. No answer means no, and an interrupt ends the
// wait. The time that the user takes to answer does not count towards the timeout. Use
// the returned context for what follows.
func (a *app) confirm(ctx context.Context, question string) (context.Context, error) {
	waiting, resume := pauseTimeout(ctx)
	a.readUntil(waiting)
	fmt.Fprintf(a.env.Stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(a.env.Stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(a.env.Stderr) // the end of input leaves the cursor after the question
	}
	switch {
	case errors.Is(waiting.Err(), context.Canceled):
		return ctx, failure.New(failure.Interrupted, "interrupted; nothing was changed")
	case waiting.Err() != nil:
		return ctx, waiting.Err()
	case err != nil && !errors.Is(err, io.EOF):
		return ctx, failure.New(failure.Failure, "cannot read the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		ctx = resume()
		a.readUntil(ctx)
		return ctx, nil
	}
	return ctx, failure.New(failure.Failure, "not confirmed; nothing was changed")
}
