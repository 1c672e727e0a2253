package cli

import (
	"context"
	"iter"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/event"
)

type triggerOptions struct {
	destination destinationFlags
	all         bool
	fields      fieldFlags
	bodies      []string
	count       int
	countGiven  bool
	rate        float64
	parallel    int
	duplicate   bool
	shuffle     bool
	malformed   bool
}

func newTriggerCommand(a *app) *cobra.Command {
	var o triggerOptions
	cmd := &cobra.Command{
		Use:   "trigger (TYPE... | --all) (--to URL | --sender ADDRESS | --account)",
		Short: "Send sample events to a receiver",
		Long: `POST sample events, with the documented fields and the current time, to a URL or
to the effective callback of a sender. The header Sesctl-Test and the field
X-Tencentcloudses-Cb-Sesctl-Test mark each event as a test.

With --count, the types are sent in turn, and each turn is about another email.
--duplicate, --shuffle and --malformed test whether a receiver is robust: SES does
not promise to send each event only once, or in order. A receiver handles a
malformed body correctly if it answers with 2xx or 4xx.

` + setHelp + `

The exit status is 3 if any other answer is outside 2xx. The timeout for one answer
is ten seconds.`,
		Example: `  sesctl event trigger bounce open --to http://127.0.0.1:8080/ses --set email=jane@example.com

  # Every type, each event twice, in random order
  sesctl event trigger --all --to http://127.0.0.1:8080/ses --duplicate --shuffle

  # Bodies that a receiver must refuse without failing
  sesctl event trigger --malformed --to http://127.0.0.1:8080/ses`,
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runTrigger(ctx, a, o, args) }),
	}
	o.destination.add(a, cmd)
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "send one event of each type")
	o.fields.add(cmd)
	f.StringArrayVar(&o.bodies, "body", nil, "send the content of `FILE` unchanged instead; - is standard input; repeatable")
	f.IntVar(&o.count, "count", 0, "send `N` events in total (default one of each type)")
	f.Float64Var(&o.rate, "rate", 0, "send `N` events a second (default as fast as the receiver answers)")
	f.IntVar(&o.parallel, "parallel", 1, "send `N` events at a time; 1 keeps their order")
	f.BoolVar(&o.duplicate, "duplicate", false, "send every event twice")
	f.BoolVar(&o.shuffle, "shuffle", false, "send the events in random order")
	f.BoolVar(&o.malformed, "malformed", false, "send bodies that are malformed in different ways")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) { o.countGiven = cmd.Flags().Changed("count") }
	cmd.ValidArgsFunction = completeTypes
	return withColumns(cmd, eventColumns)
}

func runTrigger(ctx context.Context, a *app, o triggerOptions, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	header, err := o.destination.header("trigger")
	if err != nil {
		return err
	}
	source, err := o.source(ctx, a, args)
	if err != nil {
		return err
	}
	url, err := o.destination.url(ctx, a)
	if err != nil {
		return err
	}
	messages, total := o.messages(source)
	network, err := a.network()
	if err != nil {
		return err
	}
	sender := &webhook.Sender{Network: network, Header: header, Concurrency: o.parallel, Rate: o.rate}
	return a.send(ctx, sender, url, messages, sending{total: total, each: o.malformed})
}

func (o triggerOptions) check(args []string) error {
	switch {
	case len(args) > 0 && o.all:
		return failure.New(failure.Usage, "types and --all cannot be used together")
	case len(o.bodies) > 0 && (len(args) > 0 || o.all || o.fields.given() || o.malformed):
		return failure.New(failure.Usage, "--body and types, --all, --set, --unset or --malformed cannot be used together: --body sends a file unchanged")
	case len(args) == 0 && !o.all && len(o.bodies) == 0 && !o.malformed:
		return failure.New(failure.Usage, "missing TYPE").WithHint("name one or more types (%s), or use --all", strings.Join(typeNames(), ", "))
	case o.countGiven && o.count < 1:
		return failure.New(failure.Usage, "--count %d: it must be at least 1", o.count)
	case o.parallel < 1:
		return failure.New(failure.Usage, "--parallel %d: it must be at least 1", o.parallel)
	}
	if err := checkNumber("--rate", o.rate); err != nil {
		return err
	}
	return o.destination.check()
}

// messages returns the messages to send, and their number.
func (o triggerOptions) messages(s source) (iter.Seq[webhook.Message], int) {
	total := o.count
	if total == 0 {
		total = s.each
	}
	messages := s.take(total)
	if o.duplicate {
		messages, total = webhook.Duplicate(messages), 2*total
	}
	if o.shuffle {
		messages = webhook.Shuffle(messages, rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())))
	}
	return messages, total
}

// types returns the event types that the user named.
func (o triggerOptions) types(args []string) ([]event.Type, error) {
	if len(args) == 0 && !o.all {
		return []event.Type{event.Delivered}, nil // the base of --malformed
	}
	return eventTypes(args, o.all)
}
