package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

// asciiHost returns the host as DNS knows it, with an international name in its ASCII
// form.
func asciiHost(u *url.URL) string {
	normal, err := url.Parse(callback.NormalizeURL(u.Scheme + "://" + u.Host))
	if err != nil {
		return u.Hostname()
	}
	return normal.Hostname()
}

// resolve returns the addresses to connect to.
func (r *run) resolve(ctx context.Context, t target) []netip.Addr {
	start := r.now()
	ctx, cancel := half(ctx)
	defer cancel()
	var found []netip.Addr
	if ip, err := netip.ParseAddr(t.host); err == nil {
		found = []netip.Addr{ip}
	} else if found, err = r.Network.resolver().LookupNetIP(ctx, "ip", t.host); err != nil {
		r.add(StepDNS, Fail, fmt.Sprintf("%s: %s", t.host, reason(err)), start)
		return nil
	}
	var usable []netip.Addr
	var shown, private []string
	for _, ip := range found {
		ip = ip.Unmap()
		if r.AllowPrivate || callback.PublicIP(net.IP(ip.AsSlice())) {
			usable = append(usable, ip)
			shown = append(shown, ip.String())
		} else {
			private = append(private, ip.String())
		}
	}
	switch {
	case len(found) == 0:
		r.add(StepDNS, Fail, t.host+": no address", start)
	case len(private) > 0:
		r.add(StepDNS, Fail, fmt.Sprintf("%s: the internet cannot reach %s", t.host, strings.Join(private, ", ")), start)
	default:
		r.add(StepDNS, OK, fmt.Sprintf("%s: %s", t.host, strings.Join(shown, ", ")), start)
	}
	return usable
}

// each runs a step for each address in parallel, and adds the steps in the
// order of the addresses. It returns the addresses for which the step was OK or
// a warning.
func (r *run) each(ctx context.Context, name string, addresses []netip.Addr, do func(context.Context, netip.Addr) (Status, string)) []netip.Addr {
	ctx, cancel := half(ctx)
	defer cancel()
	steps := make([]Step, len(addresses))
	var running sync.WaitGroup
	for i, ip := range addresses {
		running.Go(func() {
			start := r.now()
			status, detail := do(ctx, ip)
			steps[i] = Step{name, status, detail, r.since(start)}
		})
	}
	running.Wait()
	r.steps = append(r.steps, steps...)
	var good []netip.Addr
	for i, step := range steps {
		if step.Status != Fail {
			good = append(good, addresses[i])
		}
	}
	return good
}

func (t target) address(ip netip.Addr) string { return net.JoinHostPort(ip.String(), t.port) }

func (r *run) connect(ctx context.Context, t target, addresses []netip.Addr) []netip.Addr {
	if len(addresses) == 0 {
		r.add(StepTCP, Skip, "there is no address to connect to", r.now())
		return nil
	}
	first := len(r.steps)
	good := r.each(ctx, StepTCP, addresses, func(ctx context.Context, ip netip.Addr) (Status, string) {
		conn, err := r.Network.dial(ctx, "tcp", t.address(ip))
		if err != nil {
			return Fail, fmt.Sprintf("%s: %s", t.address(ip), reason(err))
		}
		conn.Close()
		return OK, t.address(ip) + ": connected"
	})
	if len(good) == 0 {
		return nil
	}
	// A client that cannot reach one address tries the next. The fault may lie with this
	// machine, for example if it has no IPv6. So one dead address is only a warning.
	for i := first; i < len(r.steps); i++ {
		if r.steps[i].Status == Fail {
			r.steps[i].Status = Warn
		}
	}
	return good
}

// handshake checks TLS on each address that accepts connections, because SES may
// connect to any of them.
func (r *run) handshake(ctx context.Context, t target, addresses []netip.Addr) []netip.Addr {
	if len(addresses) == 0 {
		r.add(StepTLS, Skip, "there is no connection", r.now())
		return nil
	}
	return r.each(ctx, StepTLS, addresses, func(ctx context.Context, ip netip.Addr) (Status, string) {
		state, err := r.tlsState(ctx, t, ip)
		switch {
		case isCertificateError(err):
			return Fail, fmt.Sprintf("%s: the certificate is not trusted: %s", t.address(ip), certificateProblem(err, r.now()))
		case err != nil:
			return Fail, fmt.Sprintf("%s: %s", t.address(ip), reason(err))
		}
		status, detail := judgeTLS(state, r.now())
		return status, t.address(ip) + ": " + detail
	})
}

// network returns the network of the checker, with its clock.
func (r *run) network() Network {
	n := r.Network
	n.now = r.now
	return n
}

func (r *run) tlsState(ctx context.Context, t target, ip netip.Addr) (tls.ConnectionState, error) {
	if err := network.CheckSystemFile(r.network().getenv()); err != nil {
		return tls.ConnectionState{}, err
	}
	conn, err := r.Network.dial(ctx, "tcp", t.address(ip))
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	secure := tls.Client(conn, r.network().tlsConfig(t.host))
	if err := secure.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, err
	}
	return secure.ConnectionState(), nil
}

func (r *run) post(ctx context.Context, t target, ip netip.Addr) {
	start := r.now()
	status, detail := r.answer(ctx, t, ip)
	r.add(StepPost, status, detail, start)
}

func (r *run) answer(ctx context.Context, t target, ip netip.Addr) (Status, string) {
	payload, err := testPayload(r.now())
	if err != nil {
		return Fail, err.Error()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url.String(), bytes.NewReader(payload))
	if err != nil {
		return Fail, "the URL cannot be used for a request"
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set(TestHeader, "check")

	// The request goes to the address that was checked: a second look-up might return
	// another address, even a private one.
	checked := r.network()
	checked.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return r.Network.dial(ctx, network, t.address(ip))
	}
	transport := checked.transport(1)
	defer transport.CloseIdleConnections()
	response, err := newClient(transport).Do(request)
	if err != nil {
		return Fail, reason(err)
	}
	response.Body.Close() // unread: the status is the answer, and the rest may be endless
	return judgeAnswer(response)
}

func judgeAnswer(response *http.Response) (Status, string) {
	answered := "answered " + statusLine(response.StatusCode)
	switch response.StatusCode / 100 {
	case 2:
		return OK, answered
	case 3:
		if to, err := response.Location(); err == nil {
			answered += ", a redirect to " + callback.Quote(to.Host)
		}
		return Fail, answered + "; an event is answered where it arrives"
	}
	return Fail, answered
}

// timeLimit returns d, or the default if d is not set.
func timeLimit(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
