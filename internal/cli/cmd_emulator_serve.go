package cli

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

type serveOptions struct {
	listen    string
	state     string
	memory    bool
	senders   []string
	secretID  string
	secretKey string
	faults    []string
	faultSeed uint64
	anywhere  bool
	simple    bool
	hosts     []string
}

func newServeCommand(a *app) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the emulator over HTTP, for other programs",
		Long: `Serve the emulator over HTTP, for sesctl and for programs that use one of
Tencent's SDKs. It verifies signatures as the service does. The first line on
stdout is its base URL, printed once it answers.

Its state is that of --local unless --state or --memory says otherwise.

A SendEmail sends nothing. It leads to the events of that message, POSTed to the
sender's effective callback. The local part of a recipient chooses them:

  bounce, soft-bounce, drop        what the name says
  defer                            deferred, then delivered
  spam, open, click, unsubscribe   delivered, then what the name says
  anything else                    delivered

A callback that does not answer 2xx gets an event again, up to six times in all,
after pauses that grow from half a second to eight; redirects are not followed.
"sesctl emulator deliveries" shows them all. Callbacks on public hosts are not
called unless --deliver-anywhere is given: test events must not get into
anyone's production by accident.

--fault NAME[=VALUE][,action=NAME] makes it misbehave on purpose. A SHARE is a
number up to 1, or a percentage.

` + faultHelp(),
		Example: `  sesctl emulator serve --memory --sender news@mail.example.com

  # Throttle a tenth of the calls, and answer SendEmail two seconds late
  sesctl emulator serve --memory --fault throttle=10% --fault delay=2s,action=SendEmail`,
		Args:        noArgs,
		Annotations: map[string]string{printsNoJSON: "yes"},
		RunE:        a.runForever(func(ctx context.Context, _ []string) error { return runServe(ctx, a, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8025", "`HOST:PORT` to listen on; port 0 picks one")
	f.StringVar(&o.state, "state", "", "state `FILE`; default that of --local")
	f.BoolVar(&o.memory, "memory", false, "keep the state in memory only")
	f.StringArrayVar(&o.senders, "sender", nil, "sender `ADDRESS` that the account has, added where it is missing; repeatable")
	f.StringArrayVar(&o.faults, "fault", nil, "misbehave as `SPEC` says; repeatable")
	f.Uint64Var(&o.faultSeed, "fault-seed", 1, "`NUMBER` that chance among the faults begins with; the same one repeats it")
	f.BoolVar(&o.simple, "allow-simple", false, "take emails without a template, as an account that is configured for them")
	f.StringArrayVar(&o.hosts, "allow-host", nil, "`NAME` under which clients reach it, besides loopback names; repeatable")
	f.BoolVar(&o.anywhere, "deliver-anywhere", false, "deliver events to public hosts too")
	f.StringVar(&o.secretID, "secret-id", localKey, "secret `ID` that requests are signed with")
	f.StringVar(&o.secretKey, "secret-key", localKey, "secret `KEY` that requests are signed with")
	return cmd
}

// faultHelp lists the faults in lines of the help.
func faultHelp() string {
	var text strings.Builder
	for _, fault := range emulator.Faults() {
		fmt.Fprintf(&text, "  %-24s %s\n", fault.Spec, fault.Summary)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func runServe(ctx context.Context, a *app, o serveOptions) error {
	if err := checkListen(o.listen); err != nil {
		return err
	}
	options, err := o.emulator(a)
	if err != nil {
		return err
	}
	e, err := emulator.Open(ctx, options)
	if err != nil {
		return err
	}
	a.emulator = e // closed at the end
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return failure.New(failure.Failure, "cannot listen on %s: %w", o.listen, err).WithHint("--listen 127.0.0.1:0 picks a free port")
	}
	// Not before it is sure to serve: what is pending is POSTed from now on.
	if err := e.Resume(); err != nil {
		listener.Close()
		return failure.New(failure.Failure, "%w", err)
	}
	// The listener queues connections from now on, so the address answers.
	if _, err := fmt.Fprintln(a.env.Stdout, baseURL(listener.Addr().(*net.TCPAddr))); err != nil {
		listener.Close()
		return err
	}
	if ip := listener.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() {
		a.warn("the emulator answers other machines too, and lists its deliveries to them: it listens on %s", listener.Addr())
	}
	return emulator.Serve(ctx, listener, emulator.OnlyHosts(e, o.hosts))
}

// checkListen refuses an address that no listener can have.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return failure.New(failure.Usage, "--listen %s: it is not HOST:PORT", callback.Quote(address)).WithHint("write 127.0.0.1:8025; port 0 picks one")
	}
	return nil
}

// baseURL is the address at which this machine reaches a listener: one that
// listens everywhere is reached by loopback.
func baseURL(address *net.TCPAddr) string {
	if address.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", address.Port)
	}
	return "http://" + address.String()
}

func (o serveOptions) emulator(a *app) (emulator.Options, error) {
	if o.memory && o.state != "" {
		return emulator.Options{}, failure.New(failure.Usage, "--state and --memory exclude each other")
	}
	if o.secretID == "" || o.secretKey == "" {
		return emulator.Options{}, failure.New(failure.Usage, "--secret-id and --secret-key must not be empty")
	}
	for _, address := range o.senders {
		if _, err := parseSender(address); err != nil {
			return emulator.Options{}, err
		}
	}
	for _, host := range o.hosts {
		if err := emulator.CheckHost(host); err != nil {
			return emulator.Options{}, err
		}
	}
	settings, err := a.where()
	if err != nil {
		return emulator.Options{}, err
	}
	options := emulator.Options{AllowSimple: o.simple,
		Keys: map[string]string{o.secretID: o.secretKey}, Table: settings.Table, Senders: o.senders,
		Policy:     callback.Policy{Ports: settings.AllowedPorts},
		Deliveries: emulator.DeliveryOptions{Anywhere: o.anywhere}, FaultSeed: o.faultSeed,
	}
	for _, spec := range o.faults {
		fault, err := emulator.ParseFault(spec)
		if err != nil {
			return emulator.Options{}, err
		}
		options.Faults = append(options.Faults, fault)
	}
	switch {
	case o.memory:
	case o.state != "":
		options.StateFile = o.state
	default:
		options.StateFile = settings.LocalState
	}
	return options, nil
}
