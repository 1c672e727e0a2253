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

// forwardFlags are the flags that decide where events are forwarded to, and how.
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
		Short: "Receive events, and show, save and forward them",
		Long: `Receive events and show one line for each. With -o json, show one JSON object a
line. With -q, show only the bodies. -v adds the headers and the bodies. The
command prints "listening on URL" on stderr when it is ready.

Each event is answered 200. With --save, the event is on disk before the answer;
if it cannot be saved, the answer is 500. With --forward, the answer is the answer
of the first receiver. It is 502 if that receiver gives no answer, and 504 if it
gives none within ten seconds. --filter selects the events to show, save and
forward; the others are answered 200. If the file of --save is moved away, a new
file is created.

A body that is not a JSON object is shown, saved and forwarded too, because only
the receiver knows what it accepts. Without --forward, the answer is 400. With
--strict, such a body is only answered. A method other than POST is answered 405,
a body over 1 MiB 413, and a request of a web page of another site 403. Bodies in
gzip and deflate are decoded for reading, and forwarded unchanged.

--borrow points a callback at URL, the address of this machine from outside, and
restores the previous value at the end. --forward-former forwards the events to
the previous receiver. If the process is killed, 'sesctl callback restore'
restores the value.

--web serves a web page that shows events as they arrive. "Send again" on this
page passes an event to this command again, as if it had arrived again.

On SIGINT, SIGTERM and SIGHUP the command answers the events in flight and ends.
The exit status is 0, or 130 if --until or --for was not reached. When the time of
--for is over, the exit status is 3 if fewer than --until events arrived.`,
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
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`HOST:PORT` to listen on, or a port of 127.0.0.1; port 0 picks a free port")
	f.StringVar(&o.path, "path", "", "receive events at this `PATH` only (default any)")
	f.StringVar(&o.save, "save", "", "append each event to `FILE` before it is answered")
	f.StringArrayVar(&o.filter, "filter", nil, "select the events that match `EXPR`, such as 'event=bounce'; repeatable, all must match")
	f.IntVar(&o.until, "until", 0, "stop when `N` events have arrived (default never)")
	durationVar(f, &o.duration, "for", 0, "stop after this time (default never)")
	f.BoolVar(&o.strict, "strict", false, "do not save or forward a body that is not a JSON object")
	f.BoolVar(&o.health, "health", false, "answer GET and HEAD with 200, for load balancers")
	f.BoolVar(&o.allowBrowser, "allow-browser", false, "accept requests of web pages of other sites")
	f.StringArrayVar(&o.forward.urls, "forward", nil, "forward each event to `URL`, and answer as it does; repeatable, the first answers")
	f.BoolVar(&o.forward.former, "forward-former", false, "forward each event to the receiver that --borrow replaces")
	f.StringArrayVar(&o.forward.headers, "forward-header", nil, "set this `'NAME: VALUE'` header in forwarded requests; repeatable")
	f.StringVar(&o.forward.ca, "forward-ca", "", "trust the certificate authorities in `FILE` (PEM) when forwarding")
	f.BoolVar(&o.forward.insecure, "forward-insecure", false, "do not verify the certificate when forwarding, for tests only")
	durationVar(f, &o.forward.timeout, "forward-timeout", 10*time.Second, "timeout for the answer to a forwarded event")
	f.StringVar(&o.borrow, "borrow", "", "point the callback of --account or --sender at `URL` while listening")
	f.StringVar(&o.web, "web", "", "serve a web page with the events at `HOST:PORT`; port 0 picks a free port")
	f.StringArrayVar(&o.webHosts, "web-host", nil, "serve the web page under this `NAME` besides loopback names; repeatable")
	o.target.add(a, cmd)
	_ = cmd.MarkFlagFilename("save")
	_ = cmd.MarkFlagFilename("forward-ca")
}

// check refuses wrong usage before anything is opened.
func (o *listenOptions) check(a *app) (webhook.Filter, error) {
	filter, err := webhook.ParseFilter(o.filter...)
	if err != nil {
		return filter, err
	}
	if strings.Contains(o.path, "://") || strings.ContainsAny(o.path, "?#") {
		return filter, failure.New(failure.Usage, "--path: only a path can be given, without a host and without a query").WithHint("write it like --path /ses/TOKEN")
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
		return filter, failure.New(failure.Usage, "a target needs --borrow")
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
