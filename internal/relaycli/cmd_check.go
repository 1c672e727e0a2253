package relaycli

import (
	"context"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/relay"
	"github.com/sesctl/sesctl/pkg/callback"
)

type checkOptions struct {
	settings settings
	output   string
	quiet    bool
	noPost   bool
	timeout  time.Duration
}

func newCheckCommand(a *app) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, the certificate, the spool, the engines and the public URL",
		Long: `Check the configuration, the certificate, the spool and the engines, with the same
flags, environment and file as serve. With --public-url also the checks of "sesctl
callback check": rules, DNS, TCP, TLS, and the answer to a sample event,
which is marked as a test and reaches the engine (--no-post leaves it out).

A row that fails is exit status 3.`,
		Example: `  sesctl-relay check --config /etc/sesctl-relay/relay.yaml --public-url https://hooks.example.com:8080`,
		Args:    noArgs,
	}
	f := cmd.Flags()
	o.settings.add(cmd)
	f.BoolVar(&o.noPost, "no-post", false, "send no sample event to the public URL")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "`DURATION` that the whole check may take")
	f.StringVarP(&o.output, "output", "o", "table", "`FORMAT` of the result: table, json, yaml")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the worst status alone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a.started = true
		a.json = o.output == string(output.FormatJSON)
		return runCheck(cmd.Context(), a, cmd, &o)
	}
	return cmd
}

func runCheck(ctx context.Context, a *app, cmd *cobra.Command, o *checkOptions) error {
	format, err := output.ParseFormat(o.output)
	if err != nil {
		return failure.New(failure.Usage, "%w", err)
	}
	options, err := o.settings.read(cmd, a.env.Getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	found := relay.Check(ctx, options, relay.Public{
		URL: o.settings.publicURL, NoPost: o.noPost, Private: onThisMachine(o.settings.publicURL), Timeout: o.timeout / 2,
	})
	printer := &output.Printer{Out: a.env.Stdout, Format: format, Quiet: o.quiet, Texts: a.texts, Width: a.env.Width}
	result, failed := checkResult(found)
	if err := printer.Print(result); err != nil {
		return err
	}
	if failed > 0 {
		return failure.New(failure.Finding, "%d of %d checks failed", failed, len(found))
	}
	return nil
}

// onThisMachine reports whether the host of a URL is this machine.
func onThisMachine(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && callback.LoopbackHost(u.Hostname())
}

func checkResult(found []relay.Finding) (r output.Result, failed int) {
	r = output.Result{Data: found, Table: &output.Table{Columns: []output.Column{{Name: "check"}, {Name: "status"}, {Name: "detail", Fit: output.Sentences}}}}
	worst := relay.OK
	for _, f := range found {
		r.Table.Rows = append(r.Table.Rows, []string{f.Check, string(f.Status), f.Detail})
		switch {
		case f.Status == relay.Fail:
			failed++
			worst = relay.Fail
		case f.Status == relay.Warn && worst == relay.OK:
			worst = relay.Warn
		}
	}
	r.Quiet = []string{string(worst)}
	return r, failed
}
