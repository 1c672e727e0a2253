package cli

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/event"
)

type sampleOptions struct {
	all    bool
	fields fieldFlags
}

func newSampleCommand(a *app) *cobra.Command {
	var o sampleOptions
	cmd := &cobra.Command{
		Use:   "sample (TYPE... | --all)",
		Short: "Print sample events without sending them",
		Long: `Print the payloads of sample events, one JSON object a line, to test a receiver.
The values come from the documented sample (SES document 1084/39492), and are the
same in every run. sesctl makes no connection.

` + setHelp,
		Example: `  sesctl event sample bounce

  sesctl event sample --all --set from=news@mail.example.com --set timestamp=1767225600

  # A payload that a receiver should never get
  sesctl event sample open --set timestamp='"soon"' --unset email --set a.b=1 --allow-unknown`,
		RunE: a.runAtOnce(func(_ context.Context, args []string) error { return runSample(a, o, args) }),
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "print one event of each type")
	o.fields.add(cmd)
	cmd.ValidArgsFunction = completeTypes
	return cmd
}

func runSample(a *app, o sampleOptions, args []string) error {
	switch {
	case len(args) > 0 && o.all:
		return failure.New(failure.Usage, "types and --all cannot be used together")
	case len(args) == 0 && !o.all:
		return failure.New(failure.Usage, "missing TYPE").WithHint("name one or more types (%s), or use --all", strings.Join(typeNames(), ", "))
	}
	types, err := eventTypes(args, o.all)
	if err != nil {
		return err
	}
	samples, err := o.fields.samples(types)
	if err != nil {
		return err
	}
	printer := a.printer()
	if printer.Format == output.FormatTable {
		printer.Quiet = true // a payload has one form for people and programs
	}
	for _, sample := range samples {
		payload, err := event.Encode(sample)
		if err != nil {
			return failure.New(failure.Failure, "cannot create an event: %w", err)
		}
		if err := printer.PrintItem(output.Item{Quiet: string(payload), Data: json.RawMessage(payload)}); err != nil {
			return unlessGone(err)
		}
	}
	return nil
}
