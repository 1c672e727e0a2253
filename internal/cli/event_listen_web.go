package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
)

// keptOnPage is how many events the page of "event listen" keeps, if they are not large.
const keptOnPage = 10_000

// listenPage is the web page of "event listen".
type listenPage struct {
	log      *web.Log
	handler  http.Handler // of events; set before the page is served
	base     string       // its URL, without a path
	lang     string       // "" is the one of the browser
	listener net.Listener
}

// newListenPage listens for browsers.
func newListenPage(ctx context.Context, address string) (*listenPage, error) {
	listener, err := webhook.Listen(ctx, address)
	if err != nil {
		return nil, failure.New(failure.KindOf(err), "cannot serve the web page: %w", err).WithHint("choose another address with --web HOST:PORT; port 0 picks a free port")
	}
	p := &listenPage{listener: listener}
	p.log = web.NewLog(keptOnPage, p.again)
	return p, nil
}

// again hands a request to the receiver once more, as if it came again: it is saved and
// forwarded too.
func (p *listenPage) again(item web.Item) error {
	request, err := http.NewRequest(http.MethodPost, item.URL, strings.NewReader(item.Payload))
	if err != nil {
		return err
	}
	for name, value := range item.Headers {
		switch name {
		case "Content-Encoding", "Content-Length", "Connection", "Transfer-Encoding":
		default:
			request.Header.Set(name, value)
		}
	}
	request.RemoteAddr = "web page"
	answer := &statusOnly{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(answer, request)
	if answer.status/100 != 2 {
		return fmt.Errorf("it was answered %d", answer.status)
	}
	return nil
}

// statusOnly keeps the status of an answer.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header { return s.header }

func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

func (s *statusOnly) WriteHeader(status int) { s.status = status }

// add shows a request on the page.
func (p *listenPage) add(r webhook.Received) {
	item := web.Item{Row: web.Row{Time: r.Received.UnixMilli(), Type: string(r.Event.Type), Sender: r.Event.From, Recipient: r.Event.Email,
		State: "accepted", Code: r.Status, Attempts: max(1, len(r.Answers))}, Message: r.Event.BulkID, Headers: r.Headers, Payload: string(r.Shown())}
	if r.Status/100 != 2 {
		item.State = "failed"
	}
	if item.Type == "" {
		item.Type = "?"
	}
	switch {
	case r.Err != nil:
		item.Note = r.Err.Error()
	case r.Problem != nil:
		item.Note = r.Problem.Error()
	}
	item.URL = p.base + r.Path
	if r.Query != "" {
		item.URL += "?" + r.Query
	}
	item.Attempts = attemptsOf(r, item)
	p.log.Add(item)
}

// attemptsOf returns the answer of this program, or those of the receivers.
func attemptsOf(r webhook.Received, item web.Item) []web.Attempt {
	if len(r.Answers) == 0 {
		return []web.Attempt{{Time: r.Received, URL: item.URL, Code: r.Status, Error: item.Note}}
	}
	var all []web.Attempt
	for _, a := range r.Answers {
		attempt := web.Attempt{Time: r.Received, URL: a.URL.Whole(), Code: a.Status, Answer: a.Line}
		if a.Err != nil {
			attempt.Error = a.Err.Error()
		}
		all = append(all, attempt)
	}
	return all
}

// start serves the page until ctx ends. A nil page is not served.
func (p *listenPage) start(ctx context.Context, receiver http.Handler, listener net.Listener, hosts []string) {
	if p == nil {
		return
	}
	p.handler, p.base = receiver, strings.TrimSuffix(webhook.ListenURL(listener, ""), "/")
	page := web.New(web.Options{Title: "listen", Source: p.log, Hosts: hosts, Lang: p.lang, Done: ctx.Done()})
	// A page that cannot be served any more must not end the reception of events.
	go func() { _ = emulator.Serve(ctx, p.listener, page) }()
}

// openPage listens for browsers if --web is given, and returns what is to be called for
// each event.
func (o listenOptions) openPage(ctx context.Context, a *app, show func(webhook.Received)) (*listenPage, func(webhook.Received), error) {
	if o.web == "" {
		return nil, show, nil
	}
	page, err := newListenPage(ctx, o.web)
	if err != nil {
		return nil, nil, err
	}
	page.lang = a.pageLanguage()
	if address, ok := page.listener.Addr().(*net.TCPAddr); ok && !address.IP.IsLoopback() {
		a.warn("the web page listens on %s: other machines can see the events", address)
	}
	fmt.Fprintf(a.env.Stderr, "web page: %s\n", webhook.ListenURL(page.listener, ""))
	return page, func(r webhook.Received) { page.add(r); show(r) }, nil
}

// checkWebHosts refuses names that cannot be served.
func checkWebHosts(address string, hosts []string) error {
	if address == "" && len(hosts) > 0 {
		return failure.New(failure.Usage, "--web-host needs --web")
	}
	for _, host := range hosts {
		if err := emulator.CheckHost(host); err != nil {
			return err
		}
	}
	return nil
}
