package cli

import (
	"context"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// relayProgram is a separate program, so that its libraries do not slow down the start
// of sesctl.
const relayProgram = "sesctl-relay"

func newRelayCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "relay [ARGUMENT...]",
		Short: "Run sesctl-relay: receive events in production and send them to NATS or Kafka",
		Long: `Run the program sesctl-relay from the PATH with the given arguments, and return its
exit status. sesctl-relay receives SES events in production. It answers 200 only
after NATS JetStream or Kafka has stored the event durably.`,
		Example: `  sesctl relay check --config relay.yaml --public-url https://hooks.example.com:8080
  sesctl relay serve --config relay.yaml`,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.started = true
			return runRelay(cmd.Context(), a, args)
		},
	}
}

func runRelay(ctx context.Context, a *app, args []string) error {
	path, err := exec.LookPath(relayProgram)
	if err != nil {
		return failure.New(failure.Failure, "cannot run %s: it is not in the PATH", relayProgram).
			WithHint("to install it: go install github.com/sesctl/sesctl/cmd/%s@latest", relayProgram)
	}
	if err := replaceProcess(ctx, a.env, path, args); err != nil {
		return failure.New(failure.Failure, "cannot run %s: %w", path, err)
	}
	return nil
}
