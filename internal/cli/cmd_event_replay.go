package cli

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/webhook"
)

type replayOptions struct {
	destination destinationFlags
	speed       float64
}

func newReplayCommand(a *app) *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay FILE (--to URL | --sender ADDRESS | --account)",
		Short: "Send saved events again, in order",
		Long: `Send the events that 'sesctl event listen --save FILE' saved to a receiver again:
their bodies as they came, in their order, each after the answer to the one
before. --speed 1 keeps the distances in time at which they came, --speed 10
makes them a tenth; without it there are none.

A last line that was torn, when the process that wrote it was killed, is passed
over with a warning: its event was never answered with success. Any answer
outside 2xx is exit status 3.`,
		Example: `  sesctl event replay events.jsonl --to http://127.0.0.1:8080/ses

  # With the distances in time that the events had, ten times as fast
  sesctl event replay events.jsonl --to http://127.0.0.1:8080/ses --speed 10`,
		Args: cobra.ExactArgs(1),
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runReplay(ctx, a, o, args[0]) }),
	}
	o.destination.add(a, cmd)
	cmd.Flags().Float64Var(&o.speed, "speed", 0, "keep the distances in time, `X` times as fast (default none)")
	return withColumns(cmd, eventColumns)
}

func runReplay(ctx context.Context, a *app, o replayOptions, path string) error {
	if err := checkNumber("--speed", o.speed); err != nil {
		return err
	}
	if err := o.destination.check(); err != nil {
		return err
	}
	header, err := o.destination.header("replay")
	if err != nil {
		return err
	}
	file, err := files.OpenRegular(path)
	if err != nil {
		return failure.New(failure.Usage, "%w", err)
	}
	defer file.Close()
	total, err := countRecords(file)
	if err != nil {
		return failure.New(failure.Usage, "%s: %w; nothing was sent", path, err).
			WithHint("events are saved by 'sesctl event listen --save FILE'")
	}
	url, err := o.destination.url(ctx, a)
	if err != nil {
		return err
	}
	var damage error
	messages := webhook.Pace(ctx, a.records(path, file, &damage), o.speed, a.env.Now, nil)
	err = a.send(ctx, &webhook.Sender{Header: header}, url, messages, sending{total: total})
	if damage != nil {
		return failure.New(failure.Failure, "%s: %w", path, damage)
	}
	return err
}

// countRecords reads a file to its end, so that one that is damaged is refused
// before anything is sent, and goes back to its beginning.
func countRecords(file *os.File) (int, error) {
	total := 0
	var torn *webhook.TornError
	var other *webhook.NoEventError
	for entry, err := range webhook.ReadRecords(file) {
		switch {
		case err == nil && entry.Failed == "":
			total++
		case err != nil && !errors.As(err, &torn) && !errors.As(err, &other):
			return 0, err
		}
	}
	_, err := file.Seek(0, io.SeekStart)
	return total, err
}

// records yields the events of a file. What comes after damage is not read.
func (a *app) records(path string, file io.Reader, damage *error) iter.Seq[webhook.Entry] {
	return func(yield func(webhook.Entry) bool) {
		for record, err := range webhook.ReadRecords(file) {
			var torn *webhook.TornError
			var other *webhook.NoEventError
			switch {
			case errors.As(err, &torn), errors.As(err, &other):
				a.warn("%s: %v", path, err)
			case err != nil:
				*damage = err
				return
			case record.Failed == "" && !yield(record):
				return
			}
		}
	}
}
