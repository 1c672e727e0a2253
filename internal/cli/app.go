package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
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
	limit limit

	asks    bool // the command is going to ask a question
	started bool // the run method of a command was reached
	// interrupted is the context that an interrupt of the user ends; nil in
	// commands that none can reach.
	interrupted context.Context
	settings    *config.Settings
	client      *ses.Client
	// credentialsFrom tells doctor where the credentials were found.
	credentialsFrom string
	emulator        *emulator.Emulator
	held            []string // warnings that wait for the end, see warn
	label           string   // says in warnings for which of several profiles they are
	children        []*app   // one for each of several profiles
	profileFrom     string   // where the profile comes from, "" for the flag
}

type globalFlags struct {
	local      bool
	localGiven bool
	localState string
	profiles   []string // more than one for commands that allow it
	endpoint   string
	region     string
	timeout    time.Duration
	output     string
	format     output.Format
	quiet      bool
	verbose    bool
	showURLs   bool
	noColor    bool
	rate       float64 // calls a second for each action; 0 for the quota

	limited bool // --timeout was given
}

// The annotations of commands.
const (
	allowsMarkdown = "markdown" // its result has a form in Markdown
	allowsProfiles = "profiles" // it acts for several profiles in one run

	mayBeEmpty = "may be empty" // of a flag: no value is a value
)

func newApp(env Env) *app { return &app{env: env} }

func (a *app) readGlobalFlags(cmd *cobra.Command) error {
	a.flags.localGiven = cmd.Flags().Changed("local")
	a.flags.limited = cmd.Flags().Changed("timeout")
	name := a.flags.output
	if name == "" {
		name = a.env.Getenv("SESCTL_OUTPUT")
	}
	format, err := output.ParseFormat(name)
	if name == string(output.FormatMarkdown) && cmd.Annotations[allowsMarkdown] != "" {
		format, err = output.FormatMarkdown, nil
	}
	if err != nil {
		return failure.New(failure.Usage, "%w", err)
	}
	a.flags.format = format
	if len(a.flags.profiles) > 1 && cmd.Annotations[allowsProfiles] == "" {
		return failure.New(failure.Usage, "--profile is given %d times; '%s' acts for one", len(a.flags.profiles), cmd.CommandPath())
	}
	if err := refuseEmpty(cmd); err != nil {
		return err
	}
	if a.flags.timeout <= 0 {
		return failure.New(failure.Usage, "--timeout %s: it must be more than zero", a.flags.timeout)
	}
	return nil
}

// refuseEmpty refuses flags that were given without a value. A script that names
// an unset variable means something else than leaving the flag out.
func refuseEmpty(cmd *cobra.Command) error {
	var empty string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		if (value == "" || value == "[]" || value == `[""]`) && f.Annotations[mayBeEmpty] == nil {
			empty = f.Name
		}
	})
	if empty == "" {
		return nil
	}
	return failure.New(failure.Usage, "--%s is given without a value", empty).WithHint("give it one, or leave the flag out")
}

// where decides where the command acts.
func (a *app) where() (config.Settings, error) {
	if a.settings != nil {
		return *a.settings, nil
	}
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return config.Settings{}, failure.New(failure.Failure, "%w", err)
	}
	flags := config.Flags{Profile: a.profile(), ProfileFrom: a.profileFrom, Endpoint: a.flags.endpoint, Region: a.flags.region, LocalState: a.flags.localState}
	if a.flags.localGiven {
		flags.Local = &a.flags.local
	}
	settings, err := config.Load(flags, dirs, a.env.Getenv)
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

// store returns the callbacks of the account that the command acts on.
func (a *app) store(ctx context.Context) (callback.Store, error) {
	client, err := a.openClient(ctx)
	if err != nil {
		return nil, err
	}
	return a.record(client, *a.settings)
}

func (a *app) openClient(ctx context.Context) (*ses.Client, error) {
	if a.client != nil {
		return a.client, nil
	}
	settings, err := a.where()
	if err != nil {
		return nil, err
	}
	if a.flags.localState != "" && !settings.Local {
		return nil, failure.New(failure.Usage, "--local-state is given without --local, and the command would act on %s", settings.Endpoint.Value).
			WithHint("add --local, or leave --local-state out")
	}
	options := ses.Options{
		Endpoint: settings.Endpoint.Value, Region: settings.Region.Value, Table: settings.Table,
		CAFile: settings.CAFile, Getenv: a.env.Getenv, Language: settings.Language,
		Version: "sesctl-" + a.env.Build.Version, Rate: a.flags.rate,
		Pause: a.env.Pause,
	}
	if options.Rate == 0 && !settings.Loopback() {
		options.Rate = quota
	}
	if a.flags.verbose {
		options.OnCall = a.logCall
	}
	if settings.Local {
		err = a.embed(ctx, settings, &options)
	} else if err = ses.CheckEndpoint(options.Endpoint); err == nil {
		options.Credentials, err = a.credentials(ctx, settings)
	}
	if err != nil {
		return nil, err
	}
	a.credentialsFrom = options.Credentials.Source
	a.client, err = ses.New(options)
	return a.client, err
}

// quota is the number of calls a second that SES takes for each action, by default
// (API documentation of the actions).
const quota = 20

const localKey = "local" // the key pair of the emulator, id and secret

// embed puts the emulator behind the client, in this process.
func (a *app) embed(ctx context.Context, settings config.Settings, options *ses.Options) error {
	e, err := emulator.Open(ctx, emulator.Options{
		Table: settings.Table, StateFile: settings.LocalState,
		Policy: callback.Policy{Ports: settings.AllowedPorts},
	})
	if err != nil {
		return err
	}
	a.emulator = e
	options.Endpoint = "http://localhost"
	options.Transport = e.Transport()
	options.Region = config.DefaultRegion
	options.Credentials = ses.Credentials{SecretID: localKey, SecretKey: localKey, Source: "the embedded emulator"}
	return nil
}

func (a *app) credentials(ctx context.Context, settings config.Settings) (ses.Credentials, error) {
	dirs, err := config.FindDirs(a.env.Getenv)
	if err != nil {
		return ses.Credentials{}, failure.New(failure.Failure, "%w", err)
	}
	return ses.FindCredentials(ctx, ses.CredentialOptions{
		Getenv: a.env.Getenv, Home: dirs.Home, Now: a.env.Now,
		Source: settings.Credentials.Source, Name: settings.Credentials.Name, Role: settings.Credentials.Role,
	})
}

func (a *app) logCall(c ses.Call) {
	id := c.RequestID
	if id == "" {
		id = "-"
	}
	fmt.Fprintf(a.env.Stderr, "%s %s %s %s\n", c.Action, c.Outcome, id, c.Duration.Round(10*time.Microsecond))
}

func (a *app) close() error {
	var errs []error
	for _, child := range a.children {
		errs = append(errs, child.close())
	}
	if a.emulator != nil {
		errs = append(errs, a.emulator.Close())
	}
	return errors.Join(errs...)
}

func (a *app) printer() *output.Printer {
	return &output.Printer{
		Out: a.env.Stdout, Format: a.flags.format, Quiet: a.flags.quiet,
		Color: a.color(a.env.StdoutTerminal), Width: a.env.Width,
	}
}

func (a *app) print(r output.Result) error { return a.printer().Print(r) }

func (a *app) color(terminal bool) bool {
	return terminal && !a.flags.noColor && a.env.Getenv("NO_COLOR") == "" && a.env.Getenv("TERM") != "dumb"
}

// url returns a callback URL as people may see it.
func (a *app) url(u string) string {
	if a.flags.showURLs {
		return u
	}
	return callback.Mask(u)
}

// warn tells the user something that is no error. With -o json it waits for the
// end and is dropped if the command fails, because a program then reads the
// error from stderr as one JSON object.
func (a *app) warn(format string, args ...any) {
	line := "warning: " + a.label + fmt.Sprintf(format, args...)
	if a.flags.format == output.FormatJSON {
		a.held = append(a.held, line)
		return
	}
	fmt.Fprintln(a.env.Stderr, line)
}

// tell writes a line for people to stderr; programs do not get it, unless
// somebody is there who is about to be asked.
func (a *app) tell(format string, args ...any) {
	if a.asks || a.flags.format == output.FormatTable && !a.flags.quiet {
		fmt.Fprintf(a.env.Stderr, format+"\n", args...)
	}
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
		file, err := openRegular(path)
		if err != nil {
			return "", failure.New(failure.Failure, "cannot read the URL: %w", err)
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
