package relaycli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Env has the arguments, streams and environment of the process.
type Env struct {
	Args   []string
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Width  int // of the terminal that stdout is, in cells; 0 if it is none
}

// app is one run of the program.
type app struct {
	env     Env
	started bool // a run method has begun
	json    bool // print errors as one JSON object
	texts   *catalog.Catalog
}

// Main runs one command and returns its exit status, which has the same meaning as
// for sesctl.
func Main(ctx context.Context, env Env) int {
	a := &app{env: env, texts: textsOf(env)}
	root := newRoot(a)
	root.SetArgs(append([]string{}, env.Args...))
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	e := a.classify(ctx, err)
	a.report(e)
	return e.Kind.Code()
}

// Root returns the tree of all commands, for the generated pages.
func Root(env Env) *cobra.Command { return newRoot(&app{env: env}) }

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "sesctl-relay",
		Short: "Receive the events of SES in production, into NATS JetStream or Kafka",
		Long: `sesctl-relay receives the events that Tencent Cloud SES posts. It answers 200
only after NATS JetStream or Kafka has stored the event durably. While the engine
is away, events are kept in a spool on disk, and are sent in order later.

Copies share nothing: run as many as you like behind a load balancer. "sesctl
relay" runs this program too.`,
		Example: `  printf /ses/%s "$(openssl rand -hex 16)" > path
  sesctl-relay serve --path-file path --to nats://127.0.0.1:4222/ses.events --spool /var/lib/sesctl-relay`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { a.started = true; return cmd.Help() },
	}
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServeCommand(a), newCheckCommand(a), newVersionCommand(a))
	language := root.PersistentFlags().String("lang", "", "`LANGUAGE` of messages and help: en or zh-CN (SESCTL_LANG, else the locale)")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if _, err := catalog.Choose(*language, a.env.Getenv); err != nil {
			return failure.New(failure.Usage, "%w", err)
		}
		return nil
	}
	translateHelp(a.texts, a.env.Width, root)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return failure.New(failure.Usage, "%s", strings.TrimPrefix(err.Error(), "pflag: ")).WithHint("see '%s --help'", cmd.CommandPath())
	})
	return root
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return failure.New(failure.Usage, "unknown command %q for %q", args[0], cmd.CommandPath()).WithHint("see '%s --help'", cmd.CommandPath())
	}
	return failure.New(failure.Usage, "'%s' takes no arguments", cmd.CommandPath()).WithHint("see '%s --help'", cmd.CommandPath())
}

func newVersionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Example: "  sesctl-relay version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			a.started = true
			_, err := fmt.Fprintln(a.env.Stdout, versionLine())
			return err
		},
	}
}

func versionLine() string {
	version, revision := "dev", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " (" + s.Value[:min(12, len(s.Value))] + ")"
			}
		}
	}
	return fmt.Sprintf("sesctl-relay %s%s %s %s/%s", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// classify gives an error its kind. An error before the run method begins is wrong
// usage.
func (a *app) classify(ctx context.Context, err error) *failure.Error {
	var e *failure.Error
	switch {
	case errors.As(err, &e):
		return e
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return failure.New(failure.Interrupted, "interrupted")
	case !a.started:
		return failure.New(failure.Usage, "%w", err).WithHint("see 'sesctl-relay --help'")
	}
	return failure.New(failure.Failure, "%w", err)
}

// report prints an error. A URL in the wrong place may be quoted in the error of a library,
// so every URL is masked.
func (a *app) report(e *failure.Error) {
	message := callback.Masking{}.MaskText(e.Error())
	if a.json {
		type body struct {
			Kind    failure.Kind `json:"kind"`
			Message string       `json:"message"`
			Hint    string       `json:"hint,omitempty"`
		}
		encoder := json.NewEncoder(a.env.Stderr)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(map[string]body{"error": {e.Kind, message, strings.Join(e.Hints, "; ")}})
		return
	}
	fmt.Fprintf(a.env.Stderr, "sesctl-relay: %s\n", output.Printable(a.texts.Text(message)))
	for _, hint := range e.Hints {
		fmt.Fprintln(a.env.Stderr, a.texts.Text("hint: "+output.Printable(hint)))
	}
}
