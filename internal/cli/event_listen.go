package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

func runListen(ctx context.Context, a *app, o listenOptions) error {
	filter, err := o.check(a)
	if err != nil {
		return err
	}
	if _, err := a.account.Settings(); err != nil { // the profile has what is masked
		return err
	}
	options, err := o.receiver(ctx, a)
	if err != nil {
		return err
	}
	archive, closeArchive, err := a.openArchive(ctx, o.save, o.duration)
	if err != nil {
		return err
	}
	defer func() { _ = closeArchive() }() // if something else fails before
	listener, err := webhook.Listen(ctx, listenAddress(o.listen))
	if err != nil {
		return err
	}
	if address, ok := listener.Addr().(*net.TCPAddr); ok && !address.IP.IsLoopback() {
		a.warn("listening on %s: other machines can send events too", address)
	}
	// Events are answered until the callback is restored, whatever ends the command.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	a.writeUntil(serving)
	printer := &eventPrinter{app: a, until: o.until, enough: make(chan struct{})}
	page, onEvent, err := o.openPage(ctx, a, printer.event)
	if err != nil {
		listener.Close()
		return err
	}
	options.Filter, options.Archive, options.OnEvent = filter, archive, onEvent
	receiver := webhook.NewReceiver(options)
	page.start(serving, receiver, listener, o.webHosts)
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(serving, listener, receiver) }()
	ended, err := o.wait(ctx, a, webhook.ListenURL(listener, o.path), printer, served)
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
	return o.verdict(ctx, a, printer, receiver.Stats())
}

// receiver returns the options for receiving and forwarding events. Options that need an
// open file or a listener are set later.
func (o listenOptions) receiver(ctx context.Context, a *app) (webhook.ReceiverOptions, error) {
	options := webhook.ReceiverOptions{
		Path: o.path, Strict: o.strict, Health: o.health, AllowBrowser: o.allowBrowser, Now: a.env.Now,
		Forward: o.forward.urls, ForwardTimeout: o.forward.timeout,
	}
	if len(o.forward.urls) == 0 && !o.forward.former {
		return options, nil
	}
	var err error
	if options.ForwardHeader, err = parseHeaders("--forward-header", o.forward.headers); err != nil {
		return options, err
	}
	if options.Network, err = a.network(network.CertificateFile{Path: o.forward.ca, From: "--forward-ca"}); err != nil {
		return options, err
	}
	options.Network.Insecure = o.forward.insecure
	if o.forward.former {
		former, err := o.formerReceiver(ctx, a)
		if err != nil {
			return options, err
		}
		if !former.IsZero() {
			options.Forward = append(options.Forward, former.Whole())
		}
	}
	for _, u := range options.Forward {
		if err := options.Network.CheckProxy(u); err != nil {
			return options, err
		}
		a.inform("forwarding to %s", a.url(callback.NewURL(u)))
	}
	return options, nil
}

// formerReceiver returns the URL that the events of the borrowed target go to now.
func (o listenOptions) formerReceiver(ctx context.Context, a *app) (callback.URL, error) {
	target, err := o.target.target()
	if err != nil {
		return callback.URL{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.flags.timeout)
	defer cancel()
	former, err := a.account.EffectiveURLs(ctx, target)
	switch {
	case failure.KindOf(err) == failure.NotFound:
		a.warn("events are not forwarded to the previous receiver: %v", err)
		return callback.URL{}, nil
	case err != nil:
		return callback.URL{}, err
	case former[0].Same(callback.NewURL(o.borrow)):
		a.warn("events are not forwarded to a previous receiver: the callback is already %s", a.url(former[0]))
		return callback.URL{}, nil
	}
	return former[0], nil
}

// wait borrows the callback, waits for the end, and restores the callback. It reports
// whether serving ended on its own.
func (o listenOptions) wait(ctx context.Context, a *app, url string, printer *eventPrinter, served <-chan error) (ended bool, err error) {
	if o.borrow != "" {
		loan, borrowErr := a.borrow(ctx, o.target, callback.NewURL(o.borrow))
		if borrowErr != nil {
			return false, borrowErr
		}
		defer func() { err = errors.Join(err, loan.giveBack(ctx)) }()
	}
	// Scripts wait for this line, so it is printed in every format.
	fmt.Fprintf(a.env.Stderr, "listening on %s\n", a.mask(callback.NewURL(url)))
	var over <-chan time.Time
	if o.duration > 0 {
		timer := time.NewTimer(o.duration)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-printer.enough:
	case <-over:
	case err = <-served:
		return true, err
	}
	return false, nil
}

// verdict prints the totals, and decides the exit status.
func (o listenOptions) verdict(ctx context.Context, a *app, printer *eventPrinter, stats webhook.Stats) error {
	line := fmt.Sprintf("%s received", count(int(stats.Events), "event"))
	for _, more := range []struct {
		n         int64
		one, many string
	}{
		{stats.Filtered, "filtered out", "filtered out"}, {stats.Refused, "request that was not an event", "requests that were not events"},
		{stats.Unsent, "failed forward", "failed forwards"},
		{stats.Failed, "not answered with success", "not answered with success"},
	} {
		if more.n > 0 {
			line += ", " + plural(int(more.n), more.one, more.many)
		}
	}
	a.inform("%s", line)
	shown := printer.result()
	switch {
	case shown.unsaved > 0:
		return failure.New(failure.Failure, "%s could not be saved to %s: %w", count(shown.unsaved, "event"), o.save, shown.saveErr).
			WithHint("these events were answered 500")
	case shown.err != nil:
		return shown.err
	case o.until > 0 && shown.arrived >= o.until:
		return nil
	case ctx.Err() != nil && (o.until > 0 || o.duration > 0):
		return ctx.Err()
	case o.until > 0:
		return failure.New(failure.Finding, "%d of %s arrived", shown.arrived, count(o.until, "event"))
	}
	return nil
}
