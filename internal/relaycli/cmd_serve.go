package relaycli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/relay"
)

func newServeCommand(a *app) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive events until SIGTERM",
		Long: `Receive events at a secret path, and publish each one to every engine.

An event is answered 200 once every engine has acknowledged it, or once the spool
has it on disk. It is answered 503 when neither can be, 400 when it is not an event
and there is no --dead-letter, 413 when it is too large, and 404 at another path.

The engine gets the body as it came. CloudEvents attributes are in the headers:
ce-id (of the content), ce-type, ce-source, ce-time, ce-subject (the recipient).
JetStream drops an event that it already has, by this identifier. The key of a Kafka
record is the recipient.

Each flag can be set in the environment (--spool-max is SESCTL_RELAY_SPOOL_MAX;
several values with spaces between them) and in the file of --config (spool_max:
2GiB). The flag comes first, then the environment, then the file. SES signs
nothing, so the path is a secret, and so are passwords: give them in files or in
the environment.

The log is JSON on stderr. SIGTERM ends the program: it answers what is in flight,
and empties the spool while the engine is there.`,
		Example: `  sesctl-relay serve --path-file path --to nats://127.0.0.1:4222/ses.events \
      --spool /var/lib/sesctl-relay --metrics 127.0.0.1:9090

  sesctl-relay serve --config /etc/sesctl-relay/relay.yaml`,
		Args: noArgs,
	}
	s.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a.started = true
		return runServe(cmd.Context(), a, cmd, &s)
	}
	return cmd
}

func runServe(ctx context.Context, a *app, cmd *cobra.Command, s *settings) error {
	typedPath := cmd.Flags().Changed("path")
	o, err := s.read(cmd, a.env.Getenv)
	if err != nil {
		return err
	}
	level, err := s.level()
	if err != nil {
		return err
	}
	o.Log = relay.NewLog(a.env.Stderr, level, o.Secrets())
	if typedPath {
		o.Log.Warn("the path is on the command line, where every user of this machine can read it", "instead", "--path-file or SESCTL_RELAY_PATH")
	}
	return relay.Run(ctx, o)
}
