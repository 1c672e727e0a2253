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

// mayAsk fails where a question would have to be asked and nobody is there to
// answer it. It is called before anything is contacted.
func (a *app) mayAsk(yes bool, what string) error {
	if a.asks = !yes && a.env.StdinTerminal && a.env.StderrTerminal; a.asks || yes {
		return nil
	}
	return failure.New(failure.Usage, "%s needs to be confirmed, and standard input or standard error is not a terminal", what).WithHint("add --yes")
}

// confirm asks a question on the terminal. No answer is a no, and an interrupt
// ends the waiting.
func (a *app) confirm(ctx context.Context, question string) error {
	defer a.limit.pause()()
	fmt.Fprintf(a.env.Stderr, "%s [y/N] ", question)
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := bufio.NewReader(a.env.Stdin).ReadString('\n')
		answers <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.env.Stderr)
		if errors.Is(ctx.Err(), context.Canceled) {
			return failure.New(failure.Interrupted, "interrupted; nothing was changed")
		}
		return ctx.Err()
	case got := <-answers:
		if got.err != nil {
			fmt.Fprintln(a.env.Stderr) // the end of input leaves the cursor behind the question
		}
		if got.err != nil && !errors.Is(got.err, io.EOF) {
			return failure.New(failure.Failure, "cannot read the answer: %w", got.err)
		}
		switch strings.ToLower(strings.TrimSpace(got.text)) {
		case "y", "yes":
			return nil
		}
		return failure.New(failure.Failure, "not confirmed; nothing was changed")
	}
}
