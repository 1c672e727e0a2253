package cli

import (
	"context"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// relayProgram is a program of its own, so that what it links does not slow this one
// down.
const relayProgram = "sesctl-relay"

func newRelayCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "relay [ARGUMENT...]",
		Short: "Run sesctl-relay: receive events in production, into NATS or Kafka",
		Long: `Run the program sesctl-relay from the PATH with the arguments as they are, and end
with its exit status. It receives the events of SES in production, and answers 200
only once NATS JetStream or Kafka has the event for good.`,
		Example: `  # Exit status 1 when sesctl-relay is not installed
  sesctl relay --help || test $? -eq 1`,
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
		return failure.New(failure.Failure, "run %s: it is not in the PATH", relayProgram).
			WithHint("go install github.com/sesctl/sesctl/cmd/%s@latest", relayProgram)
	}
	if err := replaceProcess(ctx, a.env, path, args); err != nil {
		return failure.New(failure.Failure, "run %s: %w", path, err)
	}
	return nil
}
