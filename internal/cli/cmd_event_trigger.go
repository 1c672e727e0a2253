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
		Long: `POST sample events, with the documented fields and the present time, to a URL or
to the effective callback of a sender. Each is marked as a test by the header
Sesctl-Test and the field X-Tencentcloudses-Cb-Sesctl-Test.

With --count, the types come in turn, and each turn is about another email.
--duplicate, --shuffle and --malformed send what a receiver has to survive: SES
promises neither that an event comes once nor that events come in order. A
receiver survives a malformed body if it answers with 2xx or 4xx.

` + setHelp + `

Any other answer outside 2xx is exit status 3. One answer may take ten seconds.`,
		Example: `  sesctl event trigger bounce open --to http://127.0.0.1:8080/ses --set email=jane@example.com

  # Every type, some events twice, in another order
  sesctl event trigger --all --to http://127.0.0.1:8080/ses --duplicate --shuffle

  # Bodies that a receiver must survive
  sesctl event trigger --malformed --to http://127.0.0.1:8080/ses`,
		RunE: a.runLong(func(ctx context.Context, args []string) error { return runTrigger(ctx, a, o, args) }),
	}
	o.destination.add(a, cmd)
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "one event of every type")
	o.fields.add(cmd)
	f.StringArrayVar(&o.bodies, "body", nil, "send what is in `FILE` instead, as it is; - is standard input; repeatable")
	f.IntVar(&o.count, "count", 0, "send `N` events in all (default one of each)")
	f.Float64Var(&o.rate, "rate", 0, "begin `N` events a second (default as many as the receiver answers)")
	f.IntVar(&o.parallel, "parallel", 1, "`N` events at a time; with 1 they keep their order")
	f.BoolVar(&o.duplicate, "duplicate", false, "send every event twice")
	f.BoolVar(&o.shuffle, "shuffle", false, "send the events in another order")
	f.BoolVar(&o.malformed, "malformed", false, "send bodies that are wrong in every way")
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
		return failure.New(failure.Usage, "--body sends a file as it is; it cannot be used together with types, --all, --set, --unset and --malformed")
	case len(args) == 0 && !o.all && len(o.bodies) == 0 && !o.malformed:
		return failure.New(failure.Usage, "no type of event").WithHint("name one or more (%s), or use --all", strings.Join(typeNames(), ", "))
	case o.count < 0:
		return failure.New(failure.Usage, "--count %d: it must not be less than zero", o.count)
	case o.parallel < 1:
		return failure.New(failure.Usage, "--parallel %d: it must be at least 1", o.parallel)
	}
	if err := checkNumber("--rate", o.rate); err != nil {
		return err
	}
	return o.destination.check()
}

// messages returns what to send, and how much it is.
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

// types returns the types that the user asks for.
func (o triggerOptions) types(args []string) ([]event.Type, error) {
	if len(args) == 0 && !o.all {
		return []event.Type{event.Delivered}, nil // the base of --malformed
	}
	return eventTypes(args, o.all)
}
