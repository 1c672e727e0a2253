package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

type listenOptions struct {
	listen         string
	path           string
	forward        []string
	forwardTimeout time.Duration
	save           string
	filter         []string
	until          int
	untilGiven     bool
	duration       time.Duration
	forGiven       bool
	borrow         string
	target         targetFlags
	web            string
	webHosts       []string
}

func newListenCommand(a *app) *cobra.Command {
	var o listenOptions
	cmd := &cobra.Command{
		Use:   "listen [TARGET]",
		Short: "Receive events, show, save and forward them",
		Long: `Receive events and show each: a line, a JSON object a line with -o json, its body
alone with -q. "listening on URL" is said on stderr once it does.

An event is answered 200. With --save it is on disk before that (500 where it
cannot be saved), with --forward the answer is that of the first receiver (502
where there is none, 504 where not in ten seconds). What is no POST is answered
405, a body that is not a JSON object 400, one over 1 MiB 413. --filter picks
what is shown, saved and forwarded; the rest is answered 200.

--borrow points a callback at URL, under which this machine is reached from
outside, and puts the former value back at the end. A process that was killed
could not: 'sesctl callback restore' does it then.

--web serves a page that shows events in a browser as they arrive. There, "Send
again" hands an event to this command once more, as if it arrived again.

SIGINT and SIGTERM end it, after the events under way are answered: exit status
0, but 130 where --until or --for had not been reached. --for ends it too, with
exit status 3 where fewer than --until came.`,
		Example: `  sesctl event listen

  # Bounces and drops only, saved before they are answered
  sesctl event listen --save events.jsonl --filter 'event=bounce|dropped'

  # Point a sender's callback here for a while; hooks.example.com leads to this machine
  sesctl event listen --borrow https://hooks.example.com:8082/dev --sender news@mail.example.com`,
		ValidArgsFunction: a.completeSenders,
		RunE: a.runForever(func(ctx context.Context, args []string) error {
			o.target.senders = append(o.target.senders, args...)
			return runListen(ctx, a, o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 picks one")
	f.StringVar(&o.path, "path", "", "take events at this `PATH` only (default any)")
	f.StringArrayVar(&o.forward, "forward", nil, "pass each event on to `URL`; repeatable, the answer is that of the first")
	f.DurationVar(&o.forwardTimeout, "forward-timeout", 10*time.Second, "time limit for the answer to a forwarded event")
	f.StringVar(&o.save, "save", "", "append each event to `FILE`, on disk before it is answered")
	f.StringArrayVar(&o.filter, "filter", nil, "pick events by their fields, such as 'event=bounce' (`EXPR`); repeatable, all must hold")
	f.IntVar(&o.until, "until", 0, "end when `N` events have come (default never)")
	f.DurationVar(&o.duration, "for", 0, "end after this time (default never)")
	f.StringVar(&o.borrow, "borrow", "", "point the callback of --account or --sender at `URL` while listening")
	f.StringVar(&o.web, "web", "", "serve a web page with the events at `HOST:PORT`; port 0 picks one")
	f.StringArrayVar(&o.webHosts, "web-host", nil, "`NAME` under which the web page is served, besides loopback names; repeatable")
	o.target.add(a, cmd)
	_ = cmd.MarkFlagFilename("save")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		o.untilGiven, o.forGiven = cmd.Flags().Changed("until"), cmd.Flags().Changed("for")
	}
	return cmd
}

// check refuses wrong usage, before anything is opened.
func (o *listenOptions) check(a *app) (webhook.Filter, error) {
	filter, err := webhook.ParseFilter(o.filter...)
	if err != nil {
		return filter, err
	}
	if o.path != "" {
		o.path = "/" + strings.TrimPrefix(o.path, "/")
	}
	for _, u := range o.forward {
		if err := checkReceiver(u); err != nil {
			return filter, err
		}
	}
	if err := checkWebHosts(o.web, o.webHosts); err != nil {
		return filter, err
	}
	switch {
	case o.untilGiven && o.until < 1:
		return filter, failure.New(failure.Usage, "--until %d: it must be at least 1", o.until)
	case o.forGiven && o.duration <= 0:
		return filter, failure.New(failure.Usage, "--for %s: it must be more than zero", o.duration)
	case o.forwardTimeout <= 0:
		return filter, failure.New(failure.Usage, "--forward-timeout %s: it must be more than zero", o.forwardTimeout)
	case o.borrow == "" && o.target.given():
		return filter, failure.New(failure.Usage, "a target is given without --borrow")
	case o.borrow == "":
		return filter, nil
	}
	if _, err := o.target.target(); err != nil {
		return filter, err
	}
	return filter, a.checkURL(callback.NewURL(o.borrow), "")
}

func runListen(ctx context.Context, a *app, o listenOptions) error {
	filter, err := o.check(a)
	if err != nil {
		return err
	}
	archive, closeArchive, err := a.openArchive(o.save)
	if err != nil {
		return err
	}
	defer func() { _ = closeArchive() }() // where something else fails before
	listener, err := webhook.Listen(ctx, o.listen)
	if err != nil {
		return err
	}
	if address, ok := listener.Addr().(*net.TCPAddr); ok && !address.IP.IsLoopback() {
		a.warn("events are taken from other machines too: it listens on %s", address)
	}
	show := &show{app: a, until: o.until, enough: make(chan struct{})}
	page, onEvent, err := o.openPage(ctx, a, show.event)
	if err != nil {
		listener.Close()
		return err
	}
	receiver := webhook.NewReceiver(webhook.ReceiverOptions{
		Path: o.path, Filter: filter, Archive: archive, Now: a.env.Now,
		Forward: o.forward, ForwardTimeout: o.forwardTimeout, OnEvent: onEvent,
	})
	// Events are answered until the callback is given back, whoever ends it.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	page.start(serving, receiver, listener, o.webHosts)
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(serving, listener, receiver) }()
	ended, err := o.wait(ctx, a, webhook.ListenURL(listener, o.path), show, served)
	stop()
	if !ended {
		err = errors.Join(err, <-served)
	}
	if closeErr := closeArchive(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return o.verdict(ctx, a, show, receiver.Stats())
}

// wait borrows the callback, waits for the end, and gives the callback back. It
// reports whether the serving ended by itself.
func (o listenOptions) wait(ctx context.Context, a *app, url string, show *show, served <-chan error) (ended bool, err error) {
	if o.borrow != "" {
		loan, borrowErr := a.borrow(ctx, o.target, callback.NewURL(o.borrow))
		if borrowErr != nil {
			return false, borrowErr
		}
		defer func() { err = errors.Join(err, loan.giveBack(ctx)) }()
	}
	// Scripts wait for this line, in every format.
	fmt.Fprintf(a.env.Stderr, "listening on %s\n", callback.Mask(url))
	var over <-chan time.Time
	if o.duration > 0 {
		timer := time.NewTimer(o.duration)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-show.enough:
	case <-over:
	case err = <-served:
		return true, err
	}
	return false, nil
}

// verdict sums up, and decides the exit status.
func (o listenOptions) verdict(ctx context.Context, a *app, show *show, stats webhook.Stats) error {
	line := fmt.Sprintf("%s received", count(int(stats.Events), "event"))
	for _, more := range []struct {
		n    int64
		what string
	}{
		{stats.Filtered, "filtered out"}, {stats.Refused, "requests refused"},
		{stats.Unsent, "forwards not answered with success"}, {stats.Failed, "not answered with success"},
	} {
		if more.n > 0 {
			line += fmt.Sprintf(", %d %s", more.n, more.what)
		}
	}
	a.tell("%s", line)
	switch {
	case show.unsaved > 0:
		return failure.New(failure.Failure, "%s could not be saved to %s: %w", count(show.unsaved, "event"), o.save, show.saveErr).
			WithHint("their senders were told so, by the status 500")
	case show.err != nil:
		return show.err
	case o.until > 0 && show.came >= o.until:
		return nil
	case ctx.Err() != nil && (o.until > 0 || o.duration > 0):
		return ctx.Err()
	case o.until > 0:
		return failure.New(failure.Finding, "%d of %s came", show.came, count(o.until, "event"))
	}
	return nil
}
