package cli

import (
	"context"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/pkg/callback"
)

// app holds what all commands share: the flags, the streams, and the accounts that a
// command acts on. It is built from an Env.
type app struct {
	env     Env
	stdout  *untilGone
	texts   *catalog.Catalog // translates what people read; nil is English
	flags   globalFlags
	command string // the path of the command, such as sesctl callback set

	account  *account.Account   // the one that a command acts on
	accounts []*account.Account // or one for each of several profiles

	ends    context.Context // ends when the command has to
	asks    bool            // the command is going to ask a question
	started bool            // the run method of a command was reached
	// interrupted reports whether the user interrupted the command. It is set when the
	// command ends.
	interrupted bool
	announced   map[*account.Account]bool // the line about the place is printed
	loansShown  bool                      // the command itself shows the loans that were left
	held        []string                  // warnings that wait for the end, see warn
	declared    callback.Masking          // hides what a declaration has from variables
}

func newApp(env Env) *app {
	stdout := &untilGone{out: env.Stdout}
	env.Stdout = stdout
	texts := textsOf(env)
	env.Stderr = &oneAtATime{to: env.Stderr, texts: texts}
	return &app{env: env, stdout: stdout, texts: texts, announced: map[*account.Account]bool{}}
}
