package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

type listenOptions struct {
	listen       string
	path         string
	save         string
	filter       []string
	until        int
	untilGiven   bool
	duration     time.Duration
	forGiven     bool
	strict       bool
	health       bool
	allowBrowser bool
	forward      forwardFlags
	borrow       string
	target       targetFlags
	web          string
	webHosts     []string
}

// forwardFlags say to whom events are passed on, and how.
type forwardFlags struct {
	urls     []string
	former   bool
	headers  []string
	ca       string
	insecure bool
	timeout  time.Duration
}

func newListenCommand(a *app) *cobra.Command {
	var o listenOptions
	cmd := &cobra.Command{
		Use:   "listen [TARGET]",
		Short: "Receive events, show, save and forward them",
		Long: `Receive events and show each: a line, a JSON object a line with -o json, its body
alone with -q. -v adds the headers and the body. "listening on URL" is printed on
stderr once it listens.

An event is answered 200. With --save it is on disk before that (500 if it cannot
be saved), with --forward the answer is the answer of the first receiver (502 if
it gives none, 504 if it gives none in ten seconds). --filter selects what is
shown, saved and forwarded; the rest is answered 200. A file that was moved away
is opened anew.

A body that is not a JSON object is shown, saved and forwarded too: only the
receiver knows what it accepts. Without --forward it is answered 400; --strict
only answers it. Another method than POST is answered 405, a body over 1 MiB 413,
and the request of a web page of another site 403. Bodies in gzip and deflate are
read, and forwarded as they came.

--borrow points a callback at URL, under which this machine is reached from
outside, and puts the previous value back at the end. --forward-former passes the
events on to the previous receiver. If the process was killed, 'sesctl callback
restore' puts the value back.

--web serves a page that shows events in a browser as they arrive. There, "Send
again" hands an event to this command once more, as if it arrived again.

SIGINT, SIGTERM and SIGHUP end it, after the events in flight are answered: exit
status 0, but 130 if --until or --for had not been reached. --for ends it too, with
exit status 3 if fewer than --until arrived.`,
		Example: `  sesctl event listen

  # Bounces only, saved before they are answered
  sesctl event listen --save events.jsonl --filter 'event=bounce|dropped'

  # Point a sender's callback here for a while; hooks.example.com leads to this machine
  sesctl event listen --borrow https://hooks.example.com:8082/dev --sender news@mail.example.com`,
		ValidArgsFunction: a.completeSenders,
		RunE: a.runForever(func(ctx context.Context, args []string) error {
			o.target.senders = append(o.target.senders, args...)
			return runListen(ctx, a, o)
		}),
	}
	o.add(a, cmd)
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		o.untilGiven, o.forGiven = cmd.Flags().Changed("until"), cmd.Flags().Changed("for")
	}
	return cmd
}

func (o *listenOptions) add(a *app, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`HOST:PORT` to listen on, or a port of 127.0.0.1; port 0 picks one")
	f.StringVar(&o.path, "path", "", "take events at this `PATH` only (default any)")
	f.StringVar(&o.save, "save", "", "append each event to `FILE`, on disk before it is answered")
	f.StringArrayVar(&o.filter, "filter", nil, "select events by their fields, such as 'event=bounce' (`EXPR`); repeatable, all must hold")
	f.IntVar(&o.until, "until", 0, "end when `N` events have arrived (default never)")
	durationVar(f, &o.duration, "for", 0, "end after this time (default never)")
	f.BoolVar(&o.strict, "strict", false, "neither save nor forward a body that is not a JSON object")
	f.BoolVar(&o.health, "health", false, "answer 200 to GET and HEAD, for load balancers")
	f.BoolVar(&o.allowBrowser, "allow-browser", false, "accept the requests of web pages of other sites")
	f.StringArrayVar(&o.forward.urls, "forward", nil, "pass each event on to `URL`; repeatable, the answer is the answer of the first")
	f.BoolVar(&o.forward.former, "forward-former", false, "pass each event on to the receiver that --borrow replaces")
	f.StringArrayVar(&o.forward.headers, "forward-header", nil, "set this `'NAME: VALUE'` in what is forwarded; repeatable")
	f.StringVar(&o.forward.ca, "forward-ca", "", "trust the certificate authorities in `FILE` (PEM) when forwarding")
	f.BoolVar(&o.forward.insecure, "forward-insecure", false, "forward to any certificate, for tests only")
	durationVar(f, &o.forward.timeout, "forward-timeout", 10*time.Second, "timeout of the answer to a forwarded event")
	f.StringVar(&o.borrow, "borrow", "", "point the callback of --account or --sender at `URL` while listening")
	f.StringVar(&o.web, "web", "", "serve a web page with the events at `HOST:PORT`; port 0 picks one")
	f.StringArrayVar(&o.webHosts, "web-host", nil, "`NAME` under which the web page is served, besides loopback names; repeatable")
	o.target.add(a, cmd)
	_ = cmd.MarkFlagFilename("save")
	_ = cmd.MarkFlagFilename("forward-ca")
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
	if err := checkWebHosts(o.web, o.webHosts); err != nil {
		return filter, err
	}
	switch {
	case o.untilGiven && o.until < 1:
		return filter, failure.New(failure.Usage, "--until %d: it must be at least 1", o.until)
	case o.forGiven && o.duration <= 0:
		return filter, failure.New(failure.Usage, "--for %s: it must be more than zero", o.duration)
	case o.forward.former && o.borrow == "":
		return filter, failure.New(failure.Usage, "--forward-former needs --borrow")
	case o.borrow == "" && o.target.given():
		return filter, failure.New(failure.Usage, "a target is given without --borrow")
	}
	if err := o.forward.check(); err != nil || o.borrow == "" {
		return filter, err
	}
	if _, err := o.target.target(); err != nil {
		return filter, err
	}
	return filter, a.checkURL(callback.NewURL(o.borrow), "")
}

func (o *forwardFlags) check() error {
	for _, u := range o.urls {
		if err := checkReceiver(u); err != nil {
			return err
		}
	}
	switch {
	case o.timeout <= 0:
		return failure.New(failure.Usage, "--forward-timeout %s: it must be more than zero", o.timeout)
	case len(o.urls) == 0 && !o.former && (len(o.headers) > 0 || o.ca != "" || o.insecure):
		return failure.New(failure.Usage, "--forward-header, --forward-ca and --forward-insecure need --forward or --forward-former")
	case o.ca != "" && o.insecure:
		return failure.New(failure.Usage, "--forward-ca and --forward-insecure cannot be used together")
	}
	_, err := parseHeaders("--forward-header", o.headers)
	return err
}
