package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/output"
)

type serveOptions struct {
	listen     string
	state      string
	memory     bool
	senders    []string
	secretID   string
	secretKey  string
	faults     []string
	faultSeed  uint64
	anywhere   bool
	simple     bool
	hosts      []string
	webHosts   []string
	unverified []string
	quota      int
	limits     []string
	scenario   string
	api        string
	without    []string
	deny       []string
	tls        bool
	tlsCAOut   string
}

func newServeCommand(a *app) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the emulator over HTTP, for other programs",
		Long: `Serve the emulator over HTTP, for sesctl and for programs that use one of
Tencent's SDKs. It verifies signatures as the service does, and serves all
published actions of SES. The first line on stdout is its base URL, printed when
the emulator is ready. After it, stderr shows the key pair, how to stop, and one
line for each request and each delivery attempt. -q leaves these out.

The emulator uses the state of --local unless --state or --memory is given.

SendEmail does not send an email. It creates the events of that message, and the
emulator delivers them to the sender's effective callback. The local part of the
recipient chooses the outcome. A label may follow it (bounce+order-17@example.com),
and outcomes can be joined (open+click@example.com):

  bounce, soft-bounce, drop        the outcome of that name
  defer                            deferred, then delivered
  spam, open, click, unsubscribe   delivered, then the outcome of that name
  anything else                    delivered

After a hard bounce, the recipient is in the blocklist. After an unsubscribe, the
sender's domain can no longer send to the recipient. --scenario FILE chooses
outcomes, delays and error codes by recipient patterns:

  version: 1
  recipients:
    - {recipient: "*@slow.example.com", outcomes: [defer, open], delay: 2s}
    - {recipient: "full-*@example.com", outcomes: [soft-bounce], reason: "452 4.2.2 full"}
    - {recipient: "*@blocked.example.com", code: FailedOperation.EmailAddrInBlacklist}

If a callback does not answer 2xx, the event is delivered again, up to six times
in total. The pauses grow from half a second to eight seconds. Redirects are not
followed. 'sesctl emulator deliveries' shows all deliveries. Callbacks on public
hosts are not called unless --deliver-anywhere is given, because test events must
not reach a production system by accident.

Clients can reach the emulator under loopback names and the names given with
--allow-host. With --tls it serves HTTPS, with a certificate from its own
authority.

The base URL shows a web page in a browser: events as they happen, with their
payloads and attempts, the callbacks of the senders, test emails and faults.
--web-host NAME serves the page under another name too.

--fault NAME[=VALUE][,action=NAME] makes the emulator misbehave on purpose. A
SHARE is a number up to 1, or a percentage.

` + faultHelp(),
		Example: `  sesctl emulator serve --memory --sender news@mail.example.com

  # Throttle a tenth of the calls, and answer SendEmail two seconds late
  sesctl emulator serve --memory --fault throttle=10% --fault delay=2s,action=SendEmail`,
		Args:        noArgs,
		Annotations: map[string]string{printsNoJSON: "yes"},
		RunE:        a.runForever(func(ctx context.Context, _ []string) error { return runServe(ctx, a, o) }),
	}
	o.addFlags(cmd.Flags())
	return cmd
}

func (o *serveOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.listen, "listen", "127.0.0.1:8025", "`HOST:PORT` to listen on, or a port of 127.0.0.1; port 0 picks a free port")
	f.StringVar(&o.state, "state", "", "state `FILE` (default the file of --local)")
	f.BoolVar(&o.memory, "memory", false, "keep the state in memory only")
	f.StringArrayVar(&o.senders, "sender", nil, "register this sender `ADDRESS` if it is missing; repeatable")
	f.StringArrayVar(&o.unverified, "unverified", nil, "`DOMAIN` that is never verified; repeatable")
	f.StringArrayVar(&o.faults, "fault", nil, "turn on the fault that `SPEC` describes; repeatable")
	f.Uint64Var(&o.faultSeed, "fault-seed", 1, "`NUMBER` that seeds random faults; the same number repeats them")
	f.IntVar(&o.quota, "quota", 0, "refuse more than `N` requests a second for each action")
	f.StringArrayVar(&o.limits, "limit", nil, "refuse emails of SendEmail beyond `LIMIT`: address-hour=N or day=N; repeatable")
	f.StringVar(&o.scenario, "scenario", "", "`FILE` that chooses the outcomes of emails")
	f.BoolVar(&o.simple, "allow-simple", false, "accept emails without a template, like an account that is allowed to send them")
	f.StringVar(&o.api, "api", "", "`FILE` of API rows with other names, as under api: in a profile")
	f.StringArrayVar(&o.deny, "deny", nil, "refuse this `ACTION` as access management (CAM) does; repeatable")
	f.StringArrayVar(&o.without, "without", nil, "leave out this `OPERATION` of the API table; repeatable")
	f.StringArrayVar(&o.hosts, "allow-host", nil, "`NAME` that clients may use besides loopback names; repeatable")
	f.StringArrayVar(&o.webHosts, "web-host", nil, "serve the web page under this `NAME` besides loopback names; repeatable")
	f.BoolVar(&o.tls, "tls", false, "serve HTTPS, with a certificate from the emulator's own authority")
	f.StringVar(&o.tlsCAOut, "tls-ca-out", "", "write the authority's certificate to `FILE`, for clients to trust; implies --tls")
	f.BoolVar(&o.anywhere, "deliver-anywhere", false, "deliver events to public hosts too")
	f.StringVar(&o.secretID, "secret-id", account.EmulatorKey, "secret `ID` that clients sign requests with")
	f.StringVar(&o.secretKey, "secret-key", account.EmulatorKey, "secret `KEY` that clients sign requests with")
}

func runServe(ctx context.Context, a *app, o serveOptions) (err error) {
	o.listen = listenAddress(o.listen)
	if err := checkListen(o.listen); err != nil {
		return err
	}
	options, err := o.emulator(a)
	if err != nil {
		return err
	}
	defer tuneMemory(a.env.Getenv)()
	e, err := emulator.Open(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return failure.New(failure.Failure, "cannot listen on %s: %w", o.listen, err).WithHint("--listen 127.0.0.1:0 picks a free port")
	}
	address := listener.Addr().(*net.TCPAddr)
	if listener, err = o.secured(a, listener); err != nil {
		return err
	}
	// Resume only now that the emulator is certain to serve: it POSTs pending events at
	// once.
	if err := e.Resume(); err != nil {
		listener.Close()
		return failure.New(failure.Failure, "%w", err)
	}
	// The listener accepts connections from now on, so clients can use the printed
	// address.
	if _, err := fmt.Fprintln(a.env.Stdout, o.baseURL(address)); err != nil {
		listener.Close()
		return err
	}
	o.introduce(a, address)
	page := emulator.WithPage(e, emulator.OnlyHosts(e, o.hosts), emulator.PageOptions{Hosts: o.webHosts, Lang: a.pageLanguage(), Done: ctx.Done()})
	return emulator.Serve(ctx, listener, page)
}

// secured adds TLS to a listener if a flag asks for it.
func (o serveOptions) secured(a *app, listener net.Listener) (net.Listener, error) {
	if !o.tls && o.tlsCAOut == "" {
		return listener, nil
	}
	hosts := slices.Concat([]string{listener.Addr().(*net.TCPAddr).IP.String()}, o.hosts, o.webHosts)
	config, authority, err := emulator.NewCertificate(hosts, a.env.Now())
	if err != nil {
		listener.Close()
		return nil, failure.New(failure.Failure, "cannot create the certificate: %w", err)
	}
	if o.tlsCAOut != "" {
		// The certificate is public. Clients of other users may have to read it.
		if err := files.Write(o.tlsCAOut, authority, 0o644); err != nil {
			listener.Close()
			return nil, failure.New(failure.Failure, "cannot write the certificate: %w", err).WithHints(files.Advice(err))
		}
	}
	return tls.NewListener(listener, config), nil
}

// introduce prints what a user needs to know besides the base URL.
func (o serveOptions) introduce(a *app, address *net.TCPAddr) {
	if !address.IP.IsLoopback() {
		a.warn("the emulator listens on %s: other machines can use it and read its deliveries", address)
	}
	if a.flags.quiet {
		return
	}
	key := o.secretKey
	if key != account.EmulatorKey {
		key = "the value of --secret-key"
	}
	fmt.Fprintf(a.env.Stderr, "secret id: %s · secret key: %s\n", output.Printable(o.secretID), key)
	fmt.Fprintf(a.env.Stderr, "web page: %s/\n", o.baseURL(address))
	fmt.Fprintln(a.env.Stderr, "stop with Ctrl-C or SIGTERM")
}

// baseURL returns the URL at which this machine reaches the listener. If it listens on
// all addresses, the URL has a loopback address.
func (o serveOptions) baseURL(address *net.TCPAddr) string {
	scheme := "http://"
	if o.tls || o.tlsCAOut != "" {
		scheme = "https://"
	}
	if address.IP.IsUnspecified() {
		return fmt.Sprintf("%s127.0.0.1:%d", scheme, address.Port)
	}
	return scheme + address.String()
}
