package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// rows answers the newest events.
func (p *Page) rows(r *http.Request) (any, error) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > maxRows {
		limit = maxRows
	}
	rows, total, err := p.Source.Rows(limit)
	if rows == nil {
		rows = []Row{}
	}
	return map[string]any{"rows": rows, "total": total}, err
}

// item answers one event, with masked URLs.
func (p *Page) item(r *http.Request) (any, error) { return p.readItem(r, callback.Mask) }

// wholeItem answers one event with whole URLs.
func (p *Page) wholeItem(r *http.Request) (any, error) { return p.readItem(r, whole) }

func whole(url string) string { return url }

func (p *Page) readItem(r *http.Request, show func(string) string) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	item, err := p.Source.Item(id)
	if err != nil {
		return nil, err
	}
	item.URL = showURL(item.URL, show)
	attempts := make([]Attempt, len(item.Attempts))
	for i, a := range item.Attempts {
		a.URL = showURL(a.URL, show)
		attempts[i] = a
	}
	item.Attempts = attempts
	return item, nil
}

func showURL(url string, show func(string) string) string {
	if url == "" {
		return ""
	}
	return show(url)
}

// curl answers the command that sends an event as it was sent, with the whole URL.
func (p *Page) curl(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	item, err := p.Source.Item(id)
	if err != nil {
		return nil, err
	}
	return map[string]string{"curl": curlCommand(item)}, nil
}

// curlCommand returns the command for a POSIX shell that sends an event as it was sent. Without
// a URL it has a placeholder.
func curlCommand(item Item) string {
	var b strings.Builder
	b.WriteString("curl -sS -X POST")
	for _, name := range slices.Sorted(maps.Keys(item.Headers)) {
		switch strings.ToLower(name) {
		case "content-length", "host", "connection", "accept-encoding", "content-encoding", "transfer-encoding":
		default:
			b.WriteString(" -H " + shellQuote(name+": "+item.Headers[name]))
		}
	}
	// Not --data-binary, which reads a file if the body begins with @.
	b.WriteString(" --data-raw " + shellQuote(item.Payload))
	url := item.URL
	if url == "" {
		url = "http://127.0.0.1:8080/"
	}
	return b.String() + " " + shellQuote(url)
}

// shellQuote quotes a text for a POSIX shell.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// again sends an event again.
func (p *Page) again(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	return map[string]uint64{"again": id}, p.Source.Again(id)
}

// account answers what the account has, with masked URLs.
func (p *Page) account(*http.Request) (any, error) { return p.readAccount(callback.Mask) }

// wholeAccount answers it with whole URLs.
func (p *Page) wholeAccount(*http.Request) (any, error) { return p.readAccount(whole) }

func (p *Page) readAccount(show func(string) string) (any, error) {
	account, senders, err := p.Account.Callbacks()
	if err != nil {
		return nil, err
	}
	shown := make([]Sender, len(senders))
	for i, s := range senders {
		s.URL, s.Effect = showURL(s.URL, show), showURL(s.Effect, show)
		shown[i] = s
	}
	faults := p.Account.Faults()
	if faults == nil {
		faults = []string{}
	}
	return map[string]any{"account": showURL(account, show), "senders": shown, "outcomes": p.Account.Outcomes(),
		"faults": faults, "kinds": p.Account.FaultKinds()}, nil
}

func (p *Page) setCallback(r *http.Request) (any, error) {
	var body struct{ Sender, URL string }
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	if err := p.Account.SetCallback(body.Sender, strings.TrimSpace(body.URL)); err != nil {
		return nil, err
	}
	return p.readAccount(callback.Mask)
}

func (p *Page) send(r *http.Request) (any, error) {
	var body struct{ Sender, Recipient, Subject string }
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	id, err := p.Account.Send(body.Sender, body.Recipient, body.Subject)
	return map[string]string{"message": id}, err
}

func (p *Page) setFaults(r *http.Request) (any, error) {
	var body struct{ Faults []string }
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	if err := p.Account.SetFaults(body.Faults); err != nil {
		return nil, err
	}
	return p.readAccount(callback.Mask)
}
