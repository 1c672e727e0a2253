package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// app is built from an Env and has what commands share: flags, streams, and the
// accounts that a command acts on.
type app struct {
	env     Env
	flags   globalFlags
	command string // the path of the command, such as sesctl callback set

	account  *account.Account   // the one that a command acts on
	accounts []*account.Account // or one for each of several profiles

	ends    context.Context // ends when the command has to
	asks    bool            // the command is going to ask a question
	started bool            // the run method of a command was reached
	// interrupted is whether the user interrupted the command; it is set at its end.
	interrupted bool
	announced   map[*account.Account]bool // the line about the place is printed
	loansShown  bool                      // the command itself shows the loans that were left
	held        []string                  // warnings that wait for the end, see warn
	declared    callback.Masking          // hides what a declaration has from variables
}

func newApp(env Env) *app {
	env.Stdout = untilGone{env.Stdout}
	env.Stderr = &oneAtATime{to: env.Stderr}
	return &app{env: env, announced: map[*account.Account]bool{}}
}

func (a *app) color(terminal bool) bool {
	return terminal && !a.flags.noColor && a.env.Getenv("NO_COLOR") == "" && a.env.Getenv("TERM") != "dumb"
}

// url returns a callback URL as people may see it: masked, or whole with
// --show-urls. A whole URL may hold what a terminal obeys.
func (a *app) url(u callback.URL) string {
	if a.flags.showURLs {
		return output.Printable(u.Whole())
	}
	return a.mask(u)
}

// warn prints a warning. With -o json it waits for the end, and is dropped if the
// command fails, because a program then reads the error from stderr as one JSON
// object.
func (a *app) warn(format string, args ...any) {
	line := "warning: " + printable(a.withoutSecrets(fmt.Sprintf(format, args...)))
	if a.flags.format == output.FormatJSON {
		a.held = append(a.held, line)
		return
	}
	fmt.Fprintln(a.env.Stderr, line)
}

// tell writes a line for people to stderr; programs do not get it, unless
// somebody is there who is about to be asked.
func (a *app) tell(format string, args ...any) {
	if a.tells() {
		fmt.Fprintf(a.env.Stderr, format+"\n", args...)
	}
}

func (a *app) tells() bool {
	return a.asks || a.flags.format == output.FormatTable && !a.flags.quiet
}

// warnAt warns of something at one of several accounts.
func (a *app) warnAt(at *account.Account, format string, args ...any) {
	a.warn("%s%s", a.label(at), fmt.Sprintf(format, args...))
}

// notes prints what a store has to report about a change.
func (a *app) notes(at *account.Account, receipt callback.Receipt) {
	for _, note := range receipt.Notes {
		a.warnAt(at, "%s", note)
	}
}

// readSecret reads a small file, or standard input for "-", whose content must
// not be seen on the command line.
func (a *app) readSecret(path string, limit int64) (string, error) {
	in, name := a.env.Stdin, "standard input"
	if path != "-" {
		file, err := files.OpenRegular(path)
		if err != nil {
			wrong := failure.New(failure.Failure, "cannot read the URL: %w", err)
			if mayBeURL(path) {
				wrong = wrong.WithHint("--url-file names a file; give the URL itself as an argument")
			}
			return "", wrong
		}
		defer file.Close()
		in, name = file, path
	}
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return "", failure.New(failure.Failure, "cannot read %s: %w", name, err)
	case int64(len(data)) > limit:
		return "", failure.New(failure.Usage, "%s has more than %d bytes; that is no URL", name, limit)
	}
	text := strings.TrimRight(strings.TrimPrefix(string(data), "\ufeff"), "\r\n")
	if text == "" {
		return "", failure.New(failure.Usage, "%s is empty", name)
	}
	return text, nil
}
