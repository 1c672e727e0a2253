package cli

import (
	"context"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/webhook"
)

type replayOptions struct {
	destination destinationFlags
	pick        pickFlags
	speed       float64
}

func newReplayCommand(a *app) *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay FILE (--to URL | --sender ADDRESS | --account)",
		Short: "Send the events of a file again, in order",
		Long: `Send the events of a file to a receiver again; - is standard input. Bodies are
sent as they were received, but decompressed. Events are sent in order, each after
the answer to the previous one. --speed 1 keeps the time between events, and
--speed 10 makes it ten times shorter. Without --speed there are no pauses.

The file may contain what 'sesctl event listen' saves with --save, or prints with
-o json or -q. It may also contain plain payloads: one a line, over several lines,
or in an array. It may be compressed with gzip. Lines that are not events are
skipped with a warning. Refused bodies are sent too, because only the receiver
knows what it accepts.

--filter, --failed, --id, --since and --until select the events to send. The exit
status is 3 if any answer is outside 2xx.`,
		Example: `  sesctl event replay events.jsonl --to http://127.0.0.1:8080/ses

  # Only the events that were not answered with success
  sesctl event replay events.jsonl --to http://127.0.0.1:8080/ses --failed

  # Keep the time between the events, but ten times faster
  sesctl event replay events.jsonl --to http://127.0.0.1:8080/ses --speed 10`,
		Args: oneArg("FILE"),
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runReplay(ctx, a, o, args[0]) }),
	}
	o.destination.add(a, cmd)
	o.pick.add(cmd)
	cmd.Flags().StringArrayVar(&o.pick.ids, "id", nil, "send only the event with this `ID` in 'sesctl event list'; repeatable")
	cmd.Flags().Float64Var(&o.speed, "speed", 0, "keep the time between events, `X` times faster (default no pauses)")
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
	network, err := a.network()
	if err != nil {
		return err
	}
	p, err := o.pick.pick(a)
	if err != nil {
		return err
	}
	c, err := a.openEvents(ctx, path)
	if err != nil {
		return err
	}
	defer c.in.Close()
	entries, total, err := c.toReplay(p)
	if err != nil {
		return err
	}
	url, err := o.destination.url(ctx, a)
	if err != nil {
		return err
	}
	messages := webhook.Pace(ctx, entries, o.speed, a.env.Now, nil)
	sendErr := a.send(ctx, &webhook.Sender{Network: network, Header: header}, url, messages, sending{total: total})
	if !c.again && !p.flags.failed { // it was read while it was sent
		if err := c.report(); err != nil {
			return err
		}
		if err := p.found(c.name); err != nil {
			return err
		}
	}
	return sendErr
}

// toReplay returns the entries to send, and their number. A file is read to its end
// before anything is sent, so that a damaged file is refused. A pipe is sent while it is
// read, and the number is then 0. If the selection depends on the end of the pipe, it is
// read to its end first.
func (c *eventFile) toReplay(p *pick) (iter.Seq[webhook.Entry], int, error) {
	if !c.again && p.flags.failed {
		entries, err := c.picked(p)
		return slices.Values(entries), len(entries), err
	}
	if !c.again {
		return c.wanted(p), 0, nil
	}
	total := 0
	for range c.wanted(p) {
		total++
	}
	if err := c.report(); err != nil {
		return nil, 0, err
	}
	if p.flags.failed { // only now the answers are known
		if err := c.rewind(); err != nil {
			return nil, 0, err
		}
		total = 0
		for range c.wanted(p) {
			total++
		}
	}
	if err := p.found(c.name); err != nil {
		return nil, 0, err
	}
	return c.wanted(p), total, c.rewind()
}

// wanted yields the selected entries, with the answers that are known so far.
func (c *eventFile) wanted(p *pick) iter.Seq[webhook.Entry] {
	return func(yield func(webhook.Entry) bool) {
		for entry := range c.entries() {
			if p.note(entry) {
				continue
			}
			if entry = p.answered(entry); p.takes(entry) && !yield(entry) {
				return
			}
		}
	}
}
