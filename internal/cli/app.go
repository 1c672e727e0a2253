package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// app is built from an Env and hands out what commands share. Everything is made
// when it is first asked for: help, completion and validate never look for
// credentials.
type app struct {
	env   Env
	flags globalFlags

	ends      context.Context // ends when the command has to
	asks      bool            // the command is going to ask a question
	announced bool            // the line about the place is printed
	started   bool            // the run method of a command was reached
	// interrupted tells, when the command has ended, whether the user interrupted it.
	interrupted bool
	settings    *config.Settings
	client      *ses.Client
	// credentialsFrom is the place of the credentials, in words, for doctor.
	credentialsFrom string
	emulator        *emulator.Emulator
	journal         *journal.Journal
	// mendTried are the entries of the journal that a reading has tried to put back. A
	// second try would change the account behind a plan that was made from the first.
	mendTried   map[string]bool
	held        []string         // warnings that wait for the end, see warn
	declared    callback.Masking // hides what a declaration has from variables
	label       string           // says in warnings for which of several profiles they are
	children    []*app           // one for each of several profiles
	collects    bool             // results are collected, and printed by the parent
	collected   []output.Result
	loansShown  bool   // the loans that were left behind are known
	command     string // the path of the command, such as sesctl callback set
	profileFrom string // where the profile comes from, "" for the flag
}

func newApp(env Env) *app {
	env.Stdout = untilGone{env.Stdout}
	env.Stderr = &oneAtATime{to: env.Stderr}
	return &app{env: env}
}

// where decides where the command acts.
func (a *app) where() (config.Settings, error) {
	if a.settings != nil {
		return *a.settings, nil
	}
	flags := config.Flags{Profile: a.profile(), ProfileFrom: a.profileFrom, Endpoint: a.flags.endpoint, Region: a.flags.region, LocalState: a.flags.localState}
	if a.flags.localGiven {
		flags.Local = &a.flags.local
	}
	settings, err := config.Load(flags, config.KnownDirs(a.env.Getenv), a.env.Getenv)
	if err != nil {
		return config.Settings{}, err
	}
	a.settings = &settings
	return settings, nil
}

// policy returns the rules' parameters at the place where the command acts.
func (a *app) policy() (callback.Policy, error) {
	settings, err := a.where()
	if err != nil {
		return callback.Policy{}, err
	}
	return callback.Policy{Ports: settings.AllowedPorts, PrivateHosts: settings.Loopback()}, nil
}

func (a *app) close() error {
	var errs []error
	for _, child := range a.children {
		errs = append(errs, child.close())
	}
	if a.journal != nil {
		errs = append(errs, a.journal.Close())
	}
	if a.emulator != nil {
		errs = append(errs, a.emulator.Close())
	}
	return errors.Join(errs...)
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

// warn tells the user something that is no error. With -o json it waits for the
// end and is dropped if the command fails, because a program then reads the
// error from stderr as one JSON object.
func (a *app) warn(format string, args ...any) {
	line := "warning: " + a.label + printable(a.withoutSecrets(fmt.Sprintf(format, args...)))
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

// notes passes on what a store has to say about a change.
func (a *app) notes(receipt callback.Receipt) {
	for _, note := range receipt.Notes {
		a.warn("%s", note)
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
